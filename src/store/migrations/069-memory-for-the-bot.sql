-- The bot works as signalbox_app (065), which owns no table: row-level security binds it like everybody else, so what it may do with
-- memory is said here. Agents still reach nothing but what their token is for.

-- Done by this migration and again at each start, since an administrator may have to make the role first.
create function memory.let_bot_in() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  wanted text;
begin
  if not exists (select from pg_roles where rolname = 'signalbox_app') then
    return; -- the bot works as the owner of the tables
  end if;
  grant usage on schema memory to signalbox_app;
  foreach wanted in array array['consent', 'fact', 'organisation', 'reading'] loop
    execute format('grant select, insert, update, delete on memory.%I to signalbox_app', wanted);
    if not exists (select from pg_policies where schemaname = 'memory' and tablename = wanted and policyname = 'bot') then
      execute format('create policy bot on memory.%I to signalbox_app using (true) with check (true)', wanted);
    end if;
  end loop;
end $$;
revoke all on function memory.let_bot_in() from public;
select memory.let_bot_in();
