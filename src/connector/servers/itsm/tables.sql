-- Service desk, devices and advisories: companies are "accounts" here.
create table person (
  upn        text primary key,
  name       text not null,
  department text not null
);
create table account (
  account_id   text primary key,
  name         text not null unique,
  country      text not null,
  vat_number   text not null unique,
  domain       text not null,
  support_plan text not null check (support_plan in ('premium', 'business', 'basic'))
);
create table device (
  device_id      text primary key,
  kind           text not null check (kind in ('laptop', 'desktop', 'phone', 'server', 'tablet')),
  model          text not null,
  os             text not null,
  os_version     text not null,
  owner          text not null references person,
  status         text not null check (status in ('in-use', 'spare', 'repair', 'lost')),
  serial         text not null,
  purchased_on   date not null,
  warranty_until date not null,
  encrypted      boolean not null,
  last_seen      date not null
);
create table patch (
  patch_id    text primary key,
  title       text not null,
  product     text not null,
  severity    text not null check (severity in ('critical', 'important', 'moderate', 'low')),
  cve         text,
  released_on date not null
);
create table patch_state (
  device_id    text not null references device,
  patch_id     text not null references patch,
  state        text not null check (state in ('installed', 'missing', 'failed')),
  installed_on date,
  primary key (device_id, patch_id)
);
create table advisory (
  cve          text primary key,
  title        text not null,
  product      text not null,
  severity     text not null check (severity in ('critical', 'high', 'medium', 'low')),
  cvss         numeric(3, 1) not null,
  published_on date not null,
  exploited    boolean not null,
  summary      text not null,
  remedy       text not null,
  patch_id     text references patch
);
create table ticket (
  ticket_id   text primary key,
  title       text not null,
  description text not null,
  status      text not null check (status in ('new', 'in-progress', 'waiting', 'resolved', 'closed', 'cancelled')),
  priority    text not null check (priority in ('critical', 'high', 'medium', 'low')),
  requester   text not null references person,
  assignee    text references person,
  account_id  text references account,
  device_id   text references device,
  opened_on   date not null default current_date,
  updated_on  date not null default current_date,
  due_on      date not null
);
create sequence ticket_number start 3201;
create view ticket_state as
select t.*, r.name as requester_name, a.name as assignee_name, c.name as account_name,
       status in ('new', 'in-progress', 'waiting') as is_open,
       status in ('new', 'in-progress', 'waiting') and due_on < current_date as overdue
from ticket t join person r on r.upn = t.requester
  left join person a on a.upn = t.assignee left join account c using (account_id);
create table ticket_note (
  ticket_id text not null references ticket,
  position  integer not null,
  on_day    date not null default current_date,
  by_upn    text references person,                 -- null: written by an agent
  note      text not null,
  primary key (ticket_id, position)
);

-- A priority is what its changes say: one that is skipped counts no more, and the rest is replayed.
create sequence priority_change_number start 501;
create table priority_change (
  change_id  text primary key,
  ticket_id  text not null references ticket,
  position   bigint generated always as identity,
  from_value text not null,
  to_value   text not null,
  skipped    boolean not null default false,
  at         timestamptz not null default now()
);
