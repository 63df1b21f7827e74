-- Models as they were trained: whoever starts next, or follows the same change of the registry, need not train again.
create table routing_model (
  content_hash text primary key,
  model bytea not null,
  made_at timestamptz not null default now(),
  used_at timestamptz not null default now()
);
