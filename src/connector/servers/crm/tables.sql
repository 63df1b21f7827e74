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

-- What is sold, at which price. A discount up to max_discount (percent) needs nobody's leave.
create table product (
  product_id   text primary key,
  name         text not null unique,
  family       text not null check (family in ('devices', 'software', 'services', 'spare parts', 'consumables')),
  unit         text not null,
  list_price   numeric(14, 2) not null check (list_price > 0),
  max_discount integer not null check (max_discount between 0 and 100)
);
create table price_change (
  change_id  text primary key,
  product_id text not null references product,
  from_price numeric(14, 2) not null,
  to_price   numeric(14, 2) not null,
  changed_on date not null,
  reason     text not null
);

create table quote (
  quote_id          text primary key,
  customer_id       text not null references customer,
  owner             text not null references person,
  created_on        date not null default current_date,
  valid_until       date not null,
  status            text not null check (status in ('open', 'accepted', 'declined', 'withdrawn')),
  withdrawn_because text
);
create table quote_line (
  quote_id   text not null references quote,
  position   integer not null,
  product_id text not null references product,
  quantity   integer not null check (quantity > 0),
  unit_price numeric(14, 2) not null,               -- as the list said when it was offered
  discount   numeric(4, 1) not null check (discount between 0 and 100),
  total      numeric(14, 2) not null generated always as (round(quantity * unit_price * (100 - discount) / 100, 2)) stored,
  primary key (quote_id, position)
);
create sequence quote_number start 901;
create view quote_state as
  select q.quote_id, q.customer_id, c.name as customer_name, q.owner, p.name as owner_name, q.created_on, q.valid_until,
    case when q.status = 'open' and q.valid_until < current_date then 'expired' else q.status end as status,
    q.withdrawn_because,
    (select coalesce(sum(l.total), 0)::numeric(14, 2) from quote_line l where l.quote_id = q.quote_id) as total
  from quote q join customer c using (customer_id) join person p on p.upn = q.owner;

create table campaign (
  campaign_id text primary key,
  name        text not null unique,
  channel     text not null check (channel in ('e-mail', 'webinar', 'trade fair', 'event', 'search ads', 'social media')),
  starts_on   date not null,
  ends_on     date not null,
  budget      numeric(14, 2) not null,
  spent       numeric(14, 2) not null,
  reached     integer not null,
  responses   integer not null,
  leads       integer not null
);

create table lead (
  lead_id       text primary key,
  company       text not null,
  contact_name  text not null,
  contact_email text not null,
  country       text not null,
  source        text not null
    check (source in ('website', 'webinar', 'trade fair', 'referral', 'partner', 'search ads', 'social media', 'e-mail')),
  product_id    text not null references product,
  score         integer not null check (score between 0 and 100),
  status        text not null check (status in ('new', 'assigned', 'qualified', 'rejected')),
  owner         text references person,
  campaign_id   text references campaign,
  received_on   date not null,
  note          text not null
);
-- Who had a lead before it was given to somebody: what giving it back needs.
create table lead_assignment (
  assignment_id text primary key,
  lead_id       text not null references lead,
  from_owner    text references person,
  from_status   text not null,
  to_owner      text not null references person,
  assigned_on   date not null default current_date,
  returned      boolean not null default false
);
create sequence lead_assignment_number start 1001;

create table next_step (
  opportunity_id text primary key references opportunity,
  step           text not null,
  due_on         date not null
);
create table stage_change (
  change_id        text primary key,
  opportunity_id   text not null references opportunity,
  from_stage       text,                            -- null: it was opened in to_stage
  to_stage         text not null,
  from_probability integer,
  by_upn           text references person,          -- null: by an agent
  changed_on       date not null default current_date,
  undone           boolean not null default false
);
create sequence stage_change_number start 2501;
create table close_date_change (
  change_id      text primary key,
  opportunity_id text not null references opportunity,
  from_date      date not null,
  to_date        date not null,
  reason         text not null,
  changed_on     date not null default current_date,
  undone         boolean not null default false
);
create sequence close_date_change_number start 3001;

-- What customers have subscribed to. They may give notice until notice_days before it ends.
create table subscription (
  subscription_id text primary key,
  customer_id     text not null references customer,
  product_id      text not null references product,
  starts_on       date not null,
  ends_on         date not null,
  annual_value    numeric(14, 2) not null,
  notice_days     integer not null,
  renews          text not null check (renews in ('automatically', 'by agreement')),
  uplift_percent  integer not null                  -- by how much its price rises when it is renewed
);

-- What a salesperson is to sell in a sales year; what was sold stands in closed_amount once the year is over.
create table quota (
  upn           text not null references person,
  starts_on     date not null,
  ends_on       date not null,
  amount        numeric(14, 2) not null check (amount > 0),
  closed_amount numeric(14, 2),
  primary key (upn, starts_on)
);

create table partner (
  partner_id      text primary key,
  name            text not null unique,
  tier            text not null check (tier in ('platinum', 'gold', 'silver', 'registered')),
  country         text not null,
  margin_percent  integer not null,
  manager         text not null references person,
  certified_until date not null,
  partner_since   date not null
);
create table partner_deal (
  registration_id text primary key,
  partner_id      text not null references partner,
  opportunity_id  text not null unique references opportunity,
  registered_on   date not null,
  protected_until date not null,
  status          text not null check (status in ('pending', 'approved', 'rejected', 'expired'))
);

create table deal_outcome (
  opportunity_id text primary key references opportunity,
  reason         text not null,
  competitor     text,                              -- null: nobody else was asked
  decided_on     date not null,
  note           text not null
);
