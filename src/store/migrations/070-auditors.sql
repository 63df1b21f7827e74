-- Auditors read the log, and of what else happened no more than what is compared with it: no text that people wrote, no card, no
-- memory. Roles belong to the whole server, rights to this database.
--
--   signalbox_auditor  what somebody's own login is made a member of; nobody logs in as it

-- Done by this migration and looked at again at each start, since an administrator may have to make the role first.
-- Returns null where auditors can read, otherwise why they cannot.
create function audit_let_auditors_in() returns text
language plpgsql set search_path = public, pg_temp as $$
begin
  begin
    if not exists (select from pg_roles where rolname = 'signalbox_auditor') then
      create role signalbox_auditor nologin;
    end if;
  exception
    when duplicate_object or unique_violation then null; -- another database was faster
  end;
  if has_table_privilege('signalbox_auditor', 'audit_log', 'select') then
    return null;
  end if;
  grant usage on schema public to signalbox_auditor;
  grant select on schema_migration, audit_log, audit_head to signalbox_auditor;
  -- By these, `verify` sees what left no link, and `query` finds a run by its code.
  grant select (tenant_id, turn_id, code, created_at) on turn to signalbox_auditor;
  grant select (tenant_id, run_id, turn_id, code) on run to signalbox_auditor;
  grant select (tenant_id, action_id, run_id, state, updated_at) on action to signalbox_auditor;
  return null;
exception
  when insufficient_privilege then return sqlerrm;
end
$$;
revoke all on function audit_let_auditors_in() from public;

select audit_let_auditors_in();
