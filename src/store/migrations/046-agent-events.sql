-- The life of an agent: every change of its status, with who, why and when (R8.3). Nothing is ever changed here.
create table agent_event (
  tenant_id text not null,
  agent_id uuid not null,
  seq bigint generated always as identity,
  from_status text not null,
  to_status text not null,
  actor text not null,
  actor_kind text not null check (actor_kind in ('owner', 'operator', 'lead', 'flow')),
  why text not null,
  at timestamptz not null default now(),
  primary key (tenant_id, agent_id, seq)
);
create index agent_event_at on agent_event (tenant_id, at);
