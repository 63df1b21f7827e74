-- The processes that carry durable work. A row that is not refreshed is a dead process, whose work others take over.
-- Processes serve all tenants: no tenant_id.

create table worker (
  worker_id  text primary key,                      -- the engine's executor id, new for each process
  host       text not null,
  pid        integer not null,
  started_at timestamptz not null default now(),
  seen_at    timestamptz not null default now()
);
