-- Versions of agents: what an agent was at a time never changes; pointers say which version serves.

create table agent_version (
  tenant_id     text not null,
  agent_id      uuid not null,
  number        integer not null,                   -- counts up per agent: "version 4"
  content_hash  text not null,                      -- sha-256 over the record and the plans that it names
  record        jsonb not null,
  plans         jsonb not null,                     -- plan name → template
  registered_at timestamptz not null default now(),
  primary key (tenant_id, agent_id, number),
  unique (tenant_id, agent_id, content_hash)
);

create table agent_pointer (
  tenant_id    text not null,
  agent_id     uuid not null,
  active       integer not null,
  canary       integer,                             -- gets a share of the conversations
  canary_share integer not null default 0 check (canary_share between 0 and 50),
  canary_since timestamptz,
  changed_by   text not null,
  changed_at   timestamptz not null default now(),
  primary key (tenant_id, agent_id)
);

-- A compensation knows which effect it takes back, and whether its wish is carried out anew by the version that serves then.
alter table action
  add column undoes uuid,
  add column replays boolean not null default false;
create index action_undoes on action (tenant_id, undoes) where undoes is not null;
