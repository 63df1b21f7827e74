-- The public halves of the keys with which processes sign tokens and elevations, so that each of them can tell all of them.
-- The private halves are in the memory of the process that made them, and nowhere else.
create table signing_key (
  tenant_id text not null,
  kid text not null,
  public_jwk jsonb not null,
  worker text not null,
  made_at timestamptz not null default now(),
  -- another key of the same process signs since then
  retired_at timestamptz,
  -- what it signed may be shown until then
  until timestamptz not null,
  primary key (tenant_id, kid)
);

-- Somebody wants all processes to make new keys.
create table signing_key_rotation (
  tenant_id text primary key,
  asked_at timestamptz not null,
  asked_by text not null
);
