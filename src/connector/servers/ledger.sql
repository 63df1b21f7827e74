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
-- Every signed right that was used, in the transaction of what it was used for: none serves twice. Kept as evidence.
create table used_right (
  jti       text primary key,
  action_id text not null,
  client_id text not null,                          -- the application that used it
  at        timestamptz not null default now()
);
