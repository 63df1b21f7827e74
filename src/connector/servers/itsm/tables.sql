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

-- Who may use what. A grant that ended stays, so that it can be told who had what.
create table application (
  app_id         text primary key,
  name           text not null unique,
  kind           text not null check (kind in ('application', 'group', 'share')),
  owner          text not null references person,
  classification text not null check (classification in ('internal', 'confidential', 'restricted'))
);
create sequence access_grant_number start 5101;
create table access_grant (
  grant_id   text primary key,
  app_id     text not null references application,
  upn        text not null references person,
  level      text not null check (level in ('read', 'write', 'admin')),
  granted_on date not null default current_date,
  reason     text not null,
  revoked_on date
);
create unique index access_grant_current on access_grant (app_id, upn) where revoked_on is null;

-- How people sign in; "account" is a company here.
create table sign_in_account (
  upn                 text primary key references person,
  status              text not null check (status in ('active', 'locked')),
  second_factor       text not null check (second_factor in ('none', 'app', 'key', 'sms')),
  password_changed_on date not null,
  last_sign_in        date not null,
  locked_on           date,
  lock_reason         text
);
create table sign_in_failure (
  failure_id text primary key,
  upn        text not null references sign_in_account,
  on_day     date not null,
  place      text not null,
  client     text not null,
  attempts   integer not null,
  cause      text not null
);
create table sign_in_session (
  session_id text primary key,
  upn        text not null references sign_in_account,
  client     text not null,
  place      text not null,
  started_on date not null,
  ended_on   date
);

-- What IT runs, and what happened to it.
create table service (
  service_id text primary key,
  name       text not null unique,
  owner      text not null references person,
  state      text not null check (state in ('operational', 'degraded', 'outage', 'maintenance')),
  since      date not null,
  note       text
);
create table outage (
  outage_id  text primary key,
  service_id text not null references service,
  on_day     date not null,
  minutes    integer not null,
  impact     text not null check (impact in ('outage', 'degraded')),
  cause      text not null
);
create table change_request (
  change_id  text primary key,
  title      text not null,
  service_id text not null references service,
  kind       text not null check (kind in ('standard', 'normal', 'emergency')),
  risk       text not null check (risk in ('low', 'medium', 'high')),
  status     text not null check (status in ('planned', 'approved', 'done', 'cancelled')),
  starts_on  date not null,
  hours      text not null,
  owner      text not null references person,
  effect     text not null,
  way_back   text not null
);
create table change_freeze (
  freeze_id  text primary key,
  title      text not null,
  starts_on  date not null,
  ends_on    date not null,
  scope      text not null,
  reason     text not null,
  exceptions text not null
);

create table licence (
  licence_id text primary key,
  product    text not null unique,
  maker      text not null,
  seats      integer not null,
  seat_price numeric(10, 2) not null,               -- a year
  expires_on date not null,
  owner      text not null references person
);
create table licence_seat (
  licence_id   text not null references licence,
  upn          text not null references person,
  assigned_on  date not null,
  last_used_on date,
  primary key (licence_id, upn)
);

-- When a device has served its time, and what the next one costs.
create table replacement_rule (
  kind   text primary key,
  months integer not null,
  model  text not null,
  price  numeric(10, 2) not null
);
create table spare_stock (
  item_id     text primary key,
  item        text not null unique,
  kind        text not null check (kind in ('laptop', 'phone', 'tablet', 'accessory', 'part')),
  place       text not null,
  on_hand     integer not null,
  minimum     integer not null,
  on_order    integer not null,
  expected_on date
);

create table backup_job (
  job_id    text primary key,
  name      text not null unique,
  rhythm    text not null check (rhythm in ('daily', 'weekly')),
  keep_days integer not null,
  owner     text not null references person
);
create table backup_run (
  run_id  text primary key,
  job_id  text not null references backup_job,
  on_day  date not null,
  outcome text not null check (outcome in ('ok', 'partial', 'failed')),
  size_gb numeric(10, 1) not null,
  message text
);
create table restore_test (
  test_id  text primary key,
  job_id   text not null references backup_job,
  on_day   date not null,
  outcome  text not null check (outcome in ('passed', 'failed')),
  minutes  integer not null,
  by_upn   text not null references person,
  note     text not null,
  next_due date not null
);

create table site (
  site_id text primary key,
  name    text not null unique,
  purpose text not null
);
create table network_link (
  link_id      text primary key,
  site_id      text not null references site,
  kind         text not null check (kind in ('internet', 'backbone', 'mobile backup')),
  provider     text not null,
  state        text not null check (state in ('up', 'degraded', 'down')),
  mbps         integer not null,
  load_percent numeric(4, 1) not null,
  note         text
);
create table vpn_gateway (
  gateway_id text primary key,
  name       text not null unique,
  state      text not null check (state in ('up', 'degraded', 'down')),
  connected  integer not null,
  capacity   integer not null,
  peak_today integer not null
);
create table wifi_zone (
  zone_id       text primary key,
  site_id       text not null references site,
  zone          text not null,
  state         text not null check (state in ('up', 'degraded', 'down')),
  access_points integer not null,
  points_down   integer not null,
  clients       integer not null,
  note          text
);

-- Weak spots that scans, tests and audits found in what we run ourselves; advisories are about products.
create table finding (
  finding_id text primary key,
  title      text not null,
  service_id text not null references service,
  severity   text not null check (severity in ('critical', 'high', 'medium', 'low')),
  source     text not null check (source in ('scan', 'penetration test', 'audit')),
  status     text not null check (status in ('open', 'accepted', 'fixed')),
  owner      text not null references person,
  found_on   date not null,
  due_on     date not null,
  fixed_on   date,
  remedy     text not null
);

create table reported_mail (
  mail_id     text primary key,
  on_day      date not null,
  reported_by text not null references person,
  sender      text not null,
  subject     text not null,
  verdict     text not null check (verdict in ('waiting', 'malicious', 'spam', 'harmless')),
  action      text not null
);
create table phishing_simulation (
  simulation_id text not null,
  title         text not null,
  on_day        date not null,
  department    text not null,
  sent          integer not null,
  clicked       integer not null,
  reported      integer not null,
  primary key (simulation_id, department)
);
create table awareness_training (
  upn          text not null references person,
  course       text not null,
  assigned_on  date not null,
  due_on       date not null,
  completed_on date,
  primary key (upn, course)
);

create table cloud_subscription (
  subscription_id text primary key,
  name            text not null unique,
  team            text not null,
  owner           text not null references person,
  monthly_limit   numeric(12, 2) not null
);
-- Months are counted back from the present one, so that "last month" is last month on every machine.
create table cloud_month (
  subscription_id text not null references cloud_subscription,
  months_ago      integer not null,
  amount          numeric(12, 2) not null,
  primary key (subscription_id, months_ago)
);
create table cloud_anomaly (
  anomaly_id      text primary key,
  subscription_id text not null references cloud_subscription,
  on_day          date not null,
  resource        text not null,
  expected        numeric(12, 2) not null,
  actual          numeric(12, 2) not null,
  status          text not null check (status in ('open', 'explained', 'fixed')),
  explanation     text
);
