-- Owners look their agents over again and again (R9.1), and what is done by the calendar is done once.

-- Until which moment of its calendar a flow was carried out: processes that find it due at once do nothing twice, and one that
-- was down catches up once.
create table flow_schedule (
  tenant_id  text not null,
  name       text not null,
  done_for   timestamptz,                           -- the moment of the calendar; null: never yet
  done_at    timestamptz,
  asked_at   timestamptz,                           -- somebody wants it now, whatever the calendar says
  asked_by   text,                                  -- aadObjectId
  primary key (tenant_id, name)
);

create table review (
  tenant_id   text not null,
  review_id   uuid not null,
  agent_id    uuid not null,
  due_on      date not null,                        -- the last review and the agent's cadence, or the end of an extension
  state       text not null check (state in ('open', 'reviewed', 'extended', 'deprecated')),
  asked_at    timestamptz not null,                 -- since when whoever answers for it now has been asked
  reminded    integer not null default 1,           -- how often they were asked since
  degraded_at timestamptz,                          -- nobody answered in time
  decided_by  text,                                 -- aadObjectId, or "registry": its record says so
  decided_at  timestamptz,
  until_on    date,                                 -- of an extension
  why         text,                                 -- of an extension
  version     integer not null default 1,
  primary key (tenant_id, review_id),
  check ((state = 'open') = (decided_at is null)),
  check ((state = 'extended') = (until_on is not null))
);
-- One card for each review: whoever finds it due second finds it here.
create unique index review_open on review (tenant_id, agent_id) where state = 'open';
create index review_agent on review (tenant_id, agent_id, decided_at desc);

alter table card_copy drop constraint card_copy_subject_kind_check;
alter table card_copy add constraint card_copy_subject_kind_check
  check (subject_kind in ('approval', 'run', 'handoff', 'turn', 'correction', 'review'));
