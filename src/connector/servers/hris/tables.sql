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
-- As whom they sign in: the object id of the tenant, which tokens on behalf of somebody name.
create table sign_in (
  upn       text primary key references employee (upn),
  object_id text not null unique
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
-- Courses and who has a place on them. A duty is a subject that somebody must be trained in by a day.
create table course (
  course_id  text primary key,
  title      text not null unique,
  subject    text not null,
  format     text not null check (format in ('classroom', 'online')),
  location   text not null,
  hours      integer not null,
  seats      integer not null check (seats > 0),
  starts_on  date not null,
  trainer    text not null,
  mandatory  boolean not null
);
create table enrolment (
  enrolment_id text primary key,
  course_id    text not null references course,
  upn          text not null references employee (upn),
  status       text not null default 'enrolled' check (status in ('enrolled', 'withdrawn')),
  enrolled_on  date not null default current_date
);
create unique index enrolment_once on enrolment (course_id, upn) where status = 'enrolled';
create sequence enrolment_number start 7101;
create table training_duty (
  upn          text not null references employee (upn),
  course_id    text not null references course,
  due_on       date not null,
  completed_on date,
  primary key (upn, course_id)
);
-- Recruiting.
create table job_opening (
  position_id    text primary key,
  title          text not null,
  department     text not null,
  location       text not null,
  hiring_manager text not null references employee (upn),
  recruiter      text not null references employee (upn),
  openings       integer not null,
  opened_on      date not null,
  wanted_by      date not null,
  status         text not null check (status in ('open', 'on-hold', 'filled'))
);
create table candidate (
  candidate_id text primary key,
  position_id  text not null references job_opening,
  name         text not null,
  stage        text not null check (stage in ('applied', 'screening', 'interview', 'offer', 'hired', 'rejected')),
  applied_on   date not null,
  source       text not null
);
create table interview (
  interview_id text primary key,
  candidate_id text not null references candidate,
  interviewer  text not null references employee (upn),
  held_on      date not null,
  starts_at    text not null,
  kind         text not null,
  room         text not null
);
-- Benefits: who may have one depends on length of service, kind of contract and place of work.
create table benefit (
  benefit_id        text primary key,
  name              text not null unique,
  category          text not null,
  description       text not null,
  provider          text not null,
  company_share     numeric(12, 2) not null,       -- a year, for each person
  min_service_months integer not null,
  permanent_only    boolean not null,
  location          text,                          -- null: everywhere
  enrolment_closes  date                           -- null: at any time
);
create table benefit_choice (
  upn        text not null references employee (upn),
  benefit_id text not null references benefit,
  since      date not null,
  primary key (upn, benefit_id)
);
-- Performance reviews.
create table review_cycle (
  cycle_id text primary key,
  name     text not null,
  is_open  boolean not null
);
create table review_milestone (
  cycle_id text not null references review_cycle,
  position integer not null,
  title    text not null,
  due_on   date not null,
  who      text not null,
  primary key (cycle_id, position)
);
create table review (
  review_id text primary key,
  cycle_id  text not null references review_cycle,
  upn       text not null references employee (upn),
  reviewer  text not null references employee (upn),
  status    text not null check (status in ('not started', 'self review', 'manager review', 'talk held', 'signed')),
  self_due  date not null,
  manager_due date not null,
  rating    text,
  summary   text
);
-- Contracts as the legal team keeps them; parties are customers, vendors and others by name.
create table contract (
  contract_id   text primary key,
  title         text not null,
  counterparty  text not null,
  party_kind    text not null check (party_kind in ('customer', 'vendor', 'other')),
  status        text not null check (status in ('in review', 'negotiation', 'awaiting signature', 'active', 'ended')),
  yearly_value  numeric(14, 2) not null,
  starts_on     date not null,
  ends_on       date not null,
  notice_days   integer not null,
  renews        boolean not null,
  governing_law text not null,
  risk          text not null check (risk in ('low', 'medium', 'high')),
  owner         text not null references employee (upn)
);
create table contract_clause (
  contract_id text not null references contract,
  position    integer not null,
  clause      text not null,
  finding     text not null,
  risk        text not null check (risk in ('low', 'medium', 'high')),
  primary key (contract_id, position)
);
-- Privacy: the register of processing activities, requests of data subjects, and impact assessments.
create table processing_activity (
  activity_id   text primary key,
  name          text not null,
  department    text not null,
  purpose       text not null,
  legal_basis   text not null,
  categories    text not null,
  retention     text not null,
  outside_eu    boolean not null,
  reviewed_on   date not null
);
create table data_request (
  request_id  text primary key,
  kind        text not null check (kind in ('access', 'erasure', 'correction', 'objection')),
  subject_kind text not null,
  name        text not null,
  received_on date not null,
  extended    boolean not null,                    -- by two months, Article 12(3) GDPR
  handler     text not null references employee (upn),
  answered_on date,
  next_step   text not null
);
create table assessment (
  assessment_id text primary key,
  activity_id   text not null references processing_activity,
  owner         text not null references employee (upn),
  status        text not null check (status in ('planned', 'in progress', 'done')),
  due_on        date not null
);
-- Legal matters: confidential.
create table matter (
  matter_id     text primary key,
  title         text not null,
  kind          text not null check (kind in ('dispute', 'employment', 'regulatory', 'intellectual property', 'transaction')),
  counterparty  text not null,
  status        text not null check (status in ('open', 'on hold', 'closed')),
  stage         text not null,
  opened_on     date not null,
  counsel       text not null references employee (upn),
  outside_firm  text,
  exposure      numeric(14, 2) not null,
  summary       text not null
);
create table matter_deadline (
  matter_id text not null references matter,
  position  integer not null,
  title     text not null,
  due_on    date not null,
  done      boolean not null,
  primary key (matter_id, position)
);
