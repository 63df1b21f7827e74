-- Roles that the record of an agent names for what nothing takes back: whoever approves it holds them, besides what policy asks.
alter table approval add column approver_roles text[] not null default '{}';
