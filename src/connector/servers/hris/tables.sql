-- Human resources: employees, leave, onboarding and the policy library.
create table employee (
  employee_id text primary key,
  upn         text not null unique,
  name        text not null,
  title       text not null,
  department  text not null,
  manager     text references employee (upn),
  location    text not null,
  start_date  date not null,
  contract    text not null check (contract in ('permanent', 'fixed-term'))
);
-- Of the current leave year; taken_earlier_days is what was taken before the first row of `leave`.
create table leave_balance (
  upn                text primary key references employee (upn),
  entitlement_days   numeric(5, 1) not null,
  carried_over_days  numeric(5, 1) not null,
  taken_earlier_days numeric(5, 1) not null,
  carry_over_expires date
);
create table leave (
  leave_id text primary key,
  upn      text not null references employee (upn),
  kind     text not null check (kind in ('annual', 'sick')),
  from_day date not null,
  to_day   date not null,
  status   text not null default 'booked' check (status in ('booked', 'cancelled')),
  check (to_day >= from_day)
);
create sequence leave_number start 9101;
-- Days of leave are working days: Monday to Friday.
create function working_days(first date, last date) returns integer language sql immutable
  return (select count(*) from generate_series(first, last, interval '1 day') as d where extract(isodow from d) < 6);
create table onboarding (
  upn   text primary key references employee (upn),
  buddy text references employee (upn)
);
create table onboarding_task (
  upn        text not null references onboarding,
  position   integer not null,
  title      text not null,
  owner_name text not null,
  due_on     date not null,
  done       boolean not null,
  primary key (upn, position)
);
create table policy (
  policy_id  text primary key,
  title      text not null,
  owner      text not null references employee (upn),
  updated_on date not null
);
create table policy_section (
  policy_id text not null references policy,
  position  integer not null,
  heading   text not null,
  body      text not null,
  title     text not null,                          -- of the policy, so that it is searched with the section
  search    tsvector generated always as (
    setweight(to_tsvector('english', heading), 'A') || setweight(to_tsvector('english', title), 'B') ||
    setweight(to_tsvector('english', body), 'C')) stored,
  primary key (policy_id, position)
);
create index policy_section_search on policy_section using gin (search);
