-- Roles that the record of an agent names for what nothing takes back: whoever approves it holds them, besides what policy asks.
alter table approval add column approver_roles text[] not null default '{}';

-- An alert that fires on is sent again under the same id. Once its incident is closed, that is another round of it.
alter table alert add column round integer not null default 0;
alter table alert drop constraint alert_tenant_id_source_id_condition_key;
create unique index alert_round on alert (tenant_id, source_id, condition, round);
