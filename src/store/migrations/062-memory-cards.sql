-- Cards about what is remembered. The kinds that are there stay, whichever those are.
do $$
declare
  was text := (select pg_get_expr(conbin, conrelid) from pg_constraint where conname = 'card_copy_subject_kind_check');
begin
  alter table card_copy drop constraint card_copy_subject_kind_check;
  execute format('alter table card_copy add constraint card_copy_subject_kind_check check ((%s) or subject_kind = ''memory'')', was);
end $$;
