-- Agents end on the day that their record says (R9.3): whoever answers for one is told in time, once for each stage.
create table sunset (
  tenant_id       text not null,
  sunset_id       uuid not null,
  agent_id        uuid not null,
  ends_on         date not null,                    -- of its record; another day is another sunset
  stage           text not null check (stage in ('warned', 'final', 'ended', 'moved')),
  stage_at        timestamptz not null,
  successor_id    uuid,                             -- who might do its work
  acknowledged_by text,                             -- aadObjectId
  acknowledged_at timestamptz,
  version         integer not null default 1,
  primary key (tenant_id, sunset_id),
  unique (tenant_id, agent_id, ends_on)
);

alter table card_copy drop constraint card_copy_subject_kind_check;
alter table card_copy add constraint card_copy_subject_kind_check
  check (subject_kind in ('approval', 'run', 'handoff', 'turn', 'correction', 'review', 'incident', 'sunset'));
