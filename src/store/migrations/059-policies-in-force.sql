-- Which version of the policies is in force: the row with the highest seq. Every process reads it in the transaction that decides.
create table policy_in_force (
  tenant_id text not null,
  seq       bigint generated always as identity,
  version   text not null,
  put_by    text not null,                          -- aadObjectId, or "signalbox" for a version that came with a release or a file
  put_at    timestamptz not null default now(),
  primary key (tenant_id, seq),
  foreign key (tenant_id, version) references policy_version (tenant_id, version)
);

-- A question that would not be put this way any more: its answer would count for nothing.
alter table approval drop constraint approval_status_check;
alter table approval add constraint approval_status_check
  check (status in ('pending', 'approved', 'rejected', 'expired', 'cancelled', 'superseded', 'void', 'failed-to-resume'));
create index approval_pending_under on approval (tenant_id, policy_version) where status = 'pending';
