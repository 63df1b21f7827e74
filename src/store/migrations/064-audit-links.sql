-- Links of version 2: what anybody can verify without this database. Rows written before stay version 1 and are verified as such.
--
--   content = SHA-256 over the canonical JSON (RFC 8785) of { actor, data, kind, runId, turnId }
--   hash    = SHA-256 over the canonical JSON of { at, content, prev, seq, tenant, v }
--
-- `data` is of type json, not jsonb: it keeps its text, which is the very text that was hashed (of version 1: as jsonb wrote it).
-- Two steps, so that what was recorded can be dropped when its time is over while its link still verifies.

alter table audit_log
  add column v smallint not null default 1,
  add column content text,                          -- version 2 only
  add column pruned text,                           -- the retention class under which its data was dropped
  alter column data type json,
  alter column data drop not null,
  alter column actor drop not null;
alter table audit_log
  add constraint audit_log_v check (v in (1, 2) and (v = 1) = (content is null)),
  add constraint audit_log_data check (case when pruned is null then data is not null and actor is not null
                                            else data is null and actor is null and turn_id is null and run_id is null end);
create index audit_log_actor on audit_log (tenant_id, actor, seq) where actor is not null;
create index audit_log_agent on audit_log (tenant_id, (data ->> 'agentId'), seq) where data ->> 'agentId' is not null;
-- Links are in the order of time, so a few ranges of pages tell where a day is.
create index audit_log_time on audit_log using brin (at) with (pages_per_range = 16);

-- Each body is the canonical JSON of one entry; the columns are read from it, so that they cannot say anything else. Many links at
-- once move the head once. The time is taken under the lock: it grows along the chain as the database's clock does.
create function audit_append(p_tenant text, p_bodies text[]) returns void
language plpgsql set search_path = public, pg_temp as $$
declare
  head audit_head;
  body text;
  entry json;
  link_at timestamptz;
  digest text;
  next_hash text;
begin
  select * into head from audit_head where tenant_id = p_tenant for update;
  if not found then
    insert into audit_head values (p_tenant, 0, 'genesis') on conflict do nothing;
    select * into head from audit_head where tenant_id = p_tenant for update;
  end if;
  foreach body in array p_bodies loop
    entry := body;
    link_at := clock_timestamp();
    digest := encode(sha256(convert_to(body, 'UTF8')), 'hex');
    next_hash := encode(sha256(convert_to(
      '{"at":"' || to_char(link_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '","content":"' || digest ||
      '","prev":"' || head.hash || '","seq":' || head.seq + 1 || ',"tenant":' || to_json(p_tenant) || ',"v":2}', 'UTF8')), 'hex');
    insert into audit_log (tenant_id, seq, at, kind, actor, turn_id, run_id, data, prev_hash, hash, v, content)
      values (p_tenant, head.seq + 1, link_at, entry ->> 'kind', entry ->> 'actor', (entry ->> 'turnId')::uuid,
              (entry ->> 'runId')::uuid, entry -> 'data', head.hash, next_hash, 2, digest);
    head.seq := head.seq + 1;
    head.hash := next_hash;
  end loop;
  update audit_head set seq = head.seq, hash = head.hash where tenant_id = p_tenant;
end
$$;

-- The one change that a row may see: what it holds of people and payloads goes, its link stays.
create or replace function audit_is_append_only() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.pruned is null and new.pruned is not null
     and (new.tenant_id, new.seq, new.at, new.kind, new.prev_hash, new.hash, new.v, new.content)
         is not distinct from (old.tenant_id, old.seq, old.at, old.kind, old.prev_hash, old.hash, old.v, old.content) then
    return new;
  end if;
  raise exception 'audit_log is append-only: % refused', tg_op;
end
$$;

-- Drops the data of the links of these kinds up to one link that are older than a moment. Whoever calls it records it as a link.
create function audit_prune(p_tenant text, p_kinds text[], p_class text, p_before timestamptz, p_up_to bigint) returns bigint
language plpgsql set search_path = public, pg_temp as $$
declare
  dropped bigint;
begin
  update audit_log set data = null, actor = null, turn_id = null, run_id = null, pruned = p_class
   where tenant_id = p_tenant and kind = any(p_kinds) and at < p_before and seq <= p_up_to and pruned is null;
  get diagnostics dropped = row_count;
  return dropped;
end
$$;
