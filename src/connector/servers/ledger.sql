-- In each system: every write with its key, in the transaction of the write. The system's own role may add, never change.
create table effect (
  idempotency_key text primary key,
  tool            text not null,
  args_digest     text not null,                    -- sha-256 of the canonical arguments
  args            jsonb not null,
  result          jsonb not null,
  run_id          text,
  at              timestamptz not null default now()
);
