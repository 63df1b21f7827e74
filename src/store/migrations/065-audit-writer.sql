-- Whoever writes evidence cannot change it: triggers can be switched off by the owner of a table, so the owner is a role of which
-- the application is no member. Roles belong to the whole server: they are made once, by whichever database comes first.
--
--   signalbox_audit  owns the log; nobody logs in as it
--   signalbox_app    what the bot works as: reads the log, and appends through audit_append

-- What later migrations make in these schemas is the bot's to work with, unless they say otherwise; a new schema has to be granted.
-- Jobs are put into the queues by the bot itself: the engine's schema is there before the engine makes its tables.
create schema if not exists dbos;

-- Done by this migration and looked at again at each start, since an administrator may have to make the roles first.
-- Returns null where writer and owner are apart, otherwise why they are not.
create function audit_separate() returns text
language plpgsql set search_path = public, pg_temp as $$
declare
  wanted text;
begin
  foreach wanted in array array['signalbox_audit', 'signalbox_app'] loop
    begin
      if not exists (select from pg_roles where rolname = wanted) then
        execute format('create role %I nologin', wanted);
      end if;
    exception
      when duplicate_object or unique_violation then null; -- another database was faster
    end;
  end loop;
  if (select tableowner = 'signalbox_audit' from pg_tables where schemaname = 'public' and tablename = 'audit_log') then
    return null;
  end if;
  -- Whoever migrates may need the table again; the bot logs in as somebody else.
  if not pg_has_role(current_user, 'signalbox_audit', 'member') then
    execute format('grant signalbox_audit to %I', current_user);
  end if;
  grant usage on schema public, dbos, desk to signalbox_app;
  grant select, insert, update, delete on all tables in schema public, dbos, desk to signalbox_app;
  grant usage, select on all sequences in schema public, dbos, desk to signalbox_app;
  alter default privileges in schema public, dbos, desk grant select, insert, update, delete on tables to signalbox_app;
  alter default privileges in schema public, dbos, desk grant usage, select on sequences to signalbox_app;
  revoke all on schema_migration, audit_log, audit_head from signalbox_app, public;
  grant select on schema_migration, audit_log, audit_head to signalbox_app;

  grant execute on function audit_append(text, text[]), audit_append(text, text, text, uuid, uuid, jsonb) to signalbox_app;

  -- A role must be allowed to make tables where it is to own one; afterwards it need not be.
  grant usage, create on schema public to signalbox_audit;
  alter function audit_append(text, text[]) owner to signalbox_audit;
  alter function audit_append(text, text, text, uuid, uuid, jsonb) owner to signalbox_audit;
  alter function audit_prune(text, text[], text, timestamptz, bigint) owner to signalbox_audit;
  alter table audit_log owner to signalbox_audit;
  alter table audit_head owner to signalbox_audit;
  revoke create on schema public from signalbox_audit;
  return null;
exception
  when insufficient_privilege then return sqlerrm;
end
$$;

alter function audit_append(text, text[]) security definer;
-- A process of the former version may still be running beside this one.
alter function audit_append(text, text, text, uuid, uuid, jsonb) security definer set search_path = public, pg_temp;
alter function audit_prune(text, text[], text, timestamptz, bigint) security definer;
revoke all on function audit_append(text, text[]), audit_append(text, text, text, uuid, uuid, jsonb),
  audit_prune(text, text[], text, timestamptz, bigint), audit_separate() from public;

select audit_separate();
