-- What Signalbox remembers (R10), and the account by which agents read it. Decision 10 says why it is made like this.

-- Accounts belong to the whole server: another database may have made it before, or make it at this moment. Without a password
-- nobody gets in by one; src/memory/account sets it.
do $$
begin
  if not exists (select from pg_roles where rolname = 'signalbox_agent') then
    create role signalbox_agent login noinherit nosuperuser nocreatedb nocreaterole noreplication nobypassrls;
  end if;
exception
  when duplicate_object or unique_violation then
    null;
  when insufficient_privilege then
    raise exception 'the account of the agents is missing, and % may not make it. Have an administrator run: create role signalbox_agent login noinherit password ''…'' and set SIGNALBOX_MEMORY_DATABASE_URL to the address of this database with that account', current_user;
end $$;

create schema memory;

-- Who wants to be remembered, by the agents of which cluster. Without a row here nothing is kept and nothing is served.
create table memory.consent (
  tenant_id  text not null,
  person_id  text not null,                         -- aadObjectId
  cluster_id text not null,
  given_at   timestamptz not null default clock_timestamp(),
  primary key (tenant_id, person_id, cluster_id)
);

-- Long-term memory: what somebody had kept for the agents of one cluster.
create table memory.fact (
  tenant_id  text not null,
  fact_id    uuid not null,
  person_id  text not null,
  cluster_id text not null,
  kind       text not null check (kind in ('preference', 'search', 'case')),
  name       text not null,                         -- "my customer"
  value      text not null,                         -- "Fabrikam"; of a search its words
  source     text not null check (source in ('own-words', 'system', 'document')),
  trust      real not null check (trust between 0 and 1),
  turn_id    uuid,                                  -- where it was read, unless the person said it
  state      text not null check (state in ('proposed', 'kept', 'quarantined')),
  why        text,                                  -- it is in quarantine
  cleared_by text,                                  -- aadObjectId of who said that it is harmless as it stands
  kept_at    timestamptz not null default clock_timestamp(),
  version    integer not null default 1,
  primary key (tenant_id, fact_id),
  check ((state = 'quarantined') = (why is not null)),
  foreign key (tenant_id, person_id, cluster_id) references memory.consent on delete cascade
);
create unique index fact_name on memory.fact (tenant_id, person_id, cluster_id, lower(name));

-- Organisational memory: what systems say of the organisation, as it was read last.
create table memory.organisation (
  tenant_id  text not null,
  collection text not null,                         -- "policies"
  tool       text not null,                         -- where it was read: "hris.list_policies"
  rows       jsonb not null,
  read_at    timestamptz not null,
  primary key (tenant_id, collection)
);

-- The right to read, once and for seconds: agents hold the token, this table only its hash. `opened_in` is the transaction that
-- used it; numbers of transactions are never given out twice.
create table memory.reading (
  token_hash bytea primary key,
  tenant_id  text not null,
  person_id  text,                                  -- null: the organisation's memory alone
  cluster_id text,
  agent_id   text,
  expires_at timestamptz not null,
  opened_in  xid8 unique,
  check ((person_id is null) = (cluster_id is null))
);

-- Uses a token up: until this transaction ends it sees what the token is for.
create function memory.open_reading(token text) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  update memory.reading set opened_in = pg_current_xact_id()
   where token_hash = sha256(convert_to(token, 'UTF8')) and opened_in is null and expires_at > clock_timestamp();
  return found;
end $$;

-- What this transaction may see; no row where no token was used in it, or consent was taken back meanwhile.
create function memory.reach(out tenant_id text, out person_id text, out cluster_id text)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select r.tenant_id, r.person_id, r.cluster_id from memory.reading r
   where r.opened_in = pg_current_xact_id_if_assigned() and r.expires_at > clock_timestamp()
     and (r.person_id is null or exists (
       select from memory.consent c
        where (c.tenant_id, c.person_id, c.cluster_id) = (r.tenant_id, r.person_id, r.cluster_id)))
$$;

alter table memory.consent enable row level security;
alter table memory.reading enable row level security;
alter table memory.fact enable row level security;
alter table memory.organisation enable row level security;
create policy own_kept_facts on memory.fact for select to signalbox_agent
  using (state = 'kept' and (tenant_id, person_id, cluster_id) = (select tenant_id, person_id, cluster_id from memory.reach()));
create policy own_organisation on memory.organisation for select to signalbox_agent
  using (tenant_id = (select tenant_id from memory.reach()));

-- The agents' account reads and does nothing else: no table but these two, no write at all.
revoke all on function memory.open_reading, memory.reach from public;
grant usage on schema memory to signalbox_agent;
grant select on memory.fact, memory.organisation to signalbox_agent;
grant execute on function memory.open_reading, memory.reach to signalbox_agent;
