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

-- Agents for which nobody answers any more: the lead of the cluster names somebody.
create table vacancy (
  tenant_id    text not null,
  vacancy_id   uuid not null,
  agent_id     uuid not null,
  reason       text not null check (reason in ('left', 'silent')),
  former_owner text not null,                       -- upn
  state        text not null check (state in ('open', 'filled', 'ended')),
  opened_at    timestamptz not null,
  suspended_at timestamptz,                         -- nobody was named in time
  owner_upn    text,                                -- of whoever was named
  named_by     text,                                -- aadObjectId
  version      integer not null default 1,
  primary key (tenant_id, vacancy_id),
  check ((state = 'filled') = (owner_upn is not null and named_by is not null))
);
create unique index vacancy_open on vacancy (tenant_id, agent_id) where state = 'open';

-- Whoever was named answers for every version of the agent, whatever its record says.
alter table agent_pointer add column owner_upn text;

alter table card_copy drop constraint card_copy_subject_kind_check;
alter table card_copy add constraint card_copy_subject_kind_check
  check (subject_kind in ('approval', 'run', 'handoff', 'turn', 'correction', 'review', 'incident', 'sunset', 'vacancy'));
