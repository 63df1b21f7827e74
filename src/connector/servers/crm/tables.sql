-- Customer relationship management: companies are "customers" here.
create table person (
  upn  text primary key,
  name text not null
);
create table customer (
  customer_id        text primary key,
  name               text not null unique,
  country            text not null,
  vat_number         text not null unique,
  domain             text not null,
  tier               text not null check (tier in ('strategic', 'key', 'standard')),
  segment            text not null,
  account_manager    text not null references person,
  parent_customer_id text references customer,
  health             text not null check (health in ('good', 'watch', 'at-risk')),
  health_notes       text not null,
  customer_since     date not null
);
create table contact (
  contact_id  text primary key,
  customer_id text not null references customer,
  name        text not null,
  title       text not null,
  email       text not null,
  phone       text not null,
  is_primary  boolean not null
);
create table opportunity (
  opportunity_id text primary key,
  title          text not null,
  customer_id    text not null references customer,
  owner          text not null references person,
  stage          text not null check (stage in ('qualify', 'discover', 'propose', 'negotiate', 'won', 'lost')),
  amount         numeric(14, 2) not null,
  probability    integer not null check (probability between 0 and 100),
  close_date     date not null,
  last_activity  date not null
);
create table activity (
  activity_id text primary key,
  customer_id text not null references customer,
  by_upn      text references person,               -- null: logged by an agent
  note        text not null,
  on_day      date not null default current_date,
  deleted     boolean not null default false
);
create index activity_customer on activity (customer_id, on_day desc) where not deleted;
create sequence activity_number start 7001;
