-- Statements about the same thing that differed, and which of them counted (R2.5): reports count them, people settle them.
create table conflict_event (
  tenant_id text not null,
  turn_id uuid not null,
  cluster_id text not null,
  about text not null,
  counts jsonb not null,
  others jsonb not null,
  at timestamptz not null default now(),
  primary key (tenant_id, turn_id, about)
);
create index conflict_event_at on conflict_event (tenant_id, at);
