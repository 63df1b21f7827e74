-- Somebody is asked for one stage of a question; when it goes on to the next, they are asked no more.
alter table approval_asked add column stage integer not null default 0;
update approval_asked s set stage = a.stage from approval a
 where a.tenant_id = s.tenant_id and a.approval_id = s.approval_id;

-- Whoever stands in while somebody is away does so as long as that person is away; a question that was passed on stays passed on.
alter table approval_asked drop constraint approval_asked_because_check;
alter table approval_asked add constraint approval_asked_because_check
  check (because in ('policy', 'delegated', 'stands-in', 'escalated'));
