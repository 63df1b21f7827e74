-- Vectors of registered texts, as an embedding endpoint gave them: asked for once. What people write in chat is never kept here,
-- and no text at all, only its hash.
-- What a text means is the same for all tenants: no tenant_id.

create table text_vector (
  space       text not null,                        -- model and endpoint: vectors of one space can be compared
  text_sha256 bytea not null,
  vector      bytea not null,                       -- 32-bit floats, lowest byte first
  used_at     timestamptz not null default now(),   -- to the day; what nobody uses any more is removed
  primary key (space, text_sha256)
);
create index text_vector_used_at on text_vector (used_at);
