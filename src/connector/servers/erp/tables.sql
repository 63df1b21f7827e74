-- Billing and books: companies are "clients" here. All amounts are in EUR.
create table client (
  client_id          text primary key,
  name               text not null unique,
  country            text not null,
  vat_number         text not null unique,
  payment_terms_days integer not null
);
create table invoice (
  invoice_id      text primary key,
  client_id       text not null references client,
  description     text not null,
  issue_date      date not null,
  due_date        date not null,
  amount          numeric(14, 2) not null check (amount > 0),
  paid_amount     numeric(14, 2) not null check (paid_amount >= 0),
  credited_amount numeric(14, 2) not null check (credited_amount >= 0),
  dispute_reason  text,
  check (paid_amount + credited_amount <= amount)
);
create index invoice_client on invoice (client_id, due_date);
create view invoice_state as
select i.*, c.name as client_name, amount - paid_amount - credited_amount as open_amount,
       case when amount = paid_amount + credited_amount then 'paid'
            when dispute_reason is not null then 'disputed'
            when due_date < current_date then 'overdue'
            else 'open' end as status
from invoice i join client c using (client_id);
create table credit_note (
  credit_note_id text primary key,
  invoice_id     text not null references invoice,
  amount         numeric(14, 2) not null check (amount > 0),
  reason         text not null,
  issued_on      date not null default current_date,
  status         text not null default 'issued' check (status in ('issued', 'void'))
);
create sequence credit_note_number start 7101;
create table due_date_change (
  change_id  bigint generated always as identity primary key,
  invoice_id text not null references invoice,
  from_date  date not null,
  to_date    date not null,
  reason     text not null,
  at         timestamptz not null default now()
);
create sequence dunning_letter_number start 9001;
create table dunning_letter (
  letter_id  text primary key,
  invoice_id text not null references invoice,
  note       text not null,
  posted_at  timestamptz not null default now()
);
create table vendor (
  vendor_id          text primary key,
  name               text not null unique,
  country            text not null,
  payment_terms_days integer not null
);
create table bill (
  bill_id        text primary key,
  vendor_id      text not null references vendor,
  vendor_invoice text not null,
  cost_center    text not null,
  issue_date     date not null,
  due_date       date not null,
  amount         numeric(14, 2) not null,
  paid_amount    numeric(14, 2) not null
);
create table ledger_account (
  account_id text primary key,
  name       text not null,
  kind       text not null check (kind in ('asset', 'liability', 'equity', 'revenue', 'expense')),
  group_name text not null
);
-- Cost centers are named after departments; amounts to date cover the elapsed months of the fiscal year.
create table budget_line (
  cost_center    text not null,
  account_id     text not null references ledger_account,
  annual_budget  numeric(14, 2) not null,
  budget_to_date numeric(14, 2) not null,
  actual_to_date numeric(14, 2) not null,
  primary key (cost_center, account_id)
);
-- People as far as the books need them: who claims, orders, closes, files and holds a card.
create table person (
  upn        text primary key,
  name       text not null,
  department text not null,
  manager    text
);
create table expense_category (
  category_id  text primary key,
  name         text not null unique,
  limit_amount numeric(14, 2) not null,                -- the most that one claim may ask for
  account_id   text not null references ledger_account
);
create table expense_claim (
  claim_id      text primary key,
  claimant      text not null references person,
  category_id   text not null references expense_category,
  amount        numeric(14, 2) not null check (amount > 0),
  spent_on      date not null,
  reason        text not null,
  submitted_on  date not null default current_date,
  status        text not null default 'submitted'
                check (status in ('submitted', 'approved', 'rejected', 'paid', 'withdrawn')),
  decided_by    text references person,
  decided_on    date,
  decision_note text
);
create index expense_claim_claimant on expense_claim (claimant, submitted_on);
create sequence expense_claim_number start 8101;
create table purchase_order (
  po_id       text primary key,
  vendor_id   text not null references vendor,
  cost_center text not null,
  requester   text not null references person,
  description text not null,
  ordered_on  date not null,
  expected_on date not null,
  status      text not null check (status in ('open', 'closed', 'cancelled'))
);
create table purchase_order_line (
  po_id             text not null references purchase_order,
  line_no           integer not null,
  item              text not null,
  quantity          integer not null check (quantity > 0),
  unit_price        numeric(14, 2) not null,
  received_quantity integer not null check (received_quantity between 0 and quantity),
  invoiced_quantity integer not null check (invoiced_quantity between 0 and quantity),
  primary key (po_id, line_no)
);
create view purchase_order_state as
select o.*, v.name as vendor_name, p.name as requester_name,
       sum(quantity * unit_price)::numeric(14, 2) as ordered_amount,
       sum(received_quantity * unit_price)::numeric(14, 2) as received_amount,
       sum(invoiced_quantity * unit_price)::numeric(14, 2) as invoiced_amount,
       sum(greatest(received_quantity - invoiced_quantity, 0) * unit_price)::numeric(14, 2) as unbilled_amount,
       case when o.status = 'open' and expected_on < current_date and sum(received_quantity) < sum(quantity)
            then current_date - expected_on else 0 end as days_late
from purchase_order o join vendor v using (vendor_id) join person p on p.upn = o.requester
join purchase_order_line l using (po_id) group by o.po_id, v.name, p.name;
create table bank_account (
  account_no  text primary key,
  bank        text not null,
  purpose     text not null unique,
  iban        text not null unique,
  balance     numeric(14, 2) not null,
  credit_line numeric(14, 2) not null,
  as_of       date not null
);
create table payment_run (
  run_id      text primary key,
  title       text not null,
  kind        text not null check (kind in ('suppliers', 'payroll', 'taxes', 'expenses', 'loans')),
  run_on      date not null,
  cutoff_on   date not null,
  account_no  text not null references bank_account,
  payments    integer not null,
  amount      numeric(14, 2) not null,
  status      text not null check (status in ('planned', 'released', 'executed')),
  released_by text references person
);
-- What is expected to come in or go out besides invoices and bills.
create table planned_cash (
  item_id     text primary key,
  expected_on date not null,
  direction   text not null check (direction in ('in', 'out')),
  description text not null,
  amount      numeric(14, 2) not null check (amount > 0)
);
create table fixed_asset (
  asset_id       text primary key,
  name           text not null unique,
  class          text not null,
  department     text not null,
  location       text not null,
  acquired_on    date not null,
  cost           numeric(14, 2) not null,
  residual_value numeric(14, 2) not null,
  life_months    integer not null check (life_months > 0)
);
-- Straight line, by full months of use: what was written off, and what is left in the books.
create view fixed_asset_state as
select *, (cost - accumulated)::numeric(14, 2) as book_value, greatest(life_months - months_used, 0) as months_left
from (
  select a.*, used.months as months_used,
         ((cost - residual_value) / life_months)::numeric(14, 2) as monthly_depreciation,
         ((cost - residual_value) * used.months / life_months)::numeric(14, 2) as accumulated
  from fixed_asset a, lateral (select least(life_months, extract(year from age(current_date, acquired_on))::int * 12
    + extract(month from age(current_date, acquired_on))::int) as months) as used) as worked_out;
create table tax_rate (
  country       text primary key,
  name          text not null unique,
  tax_name      text not null,
  standard_rate numeric(4, 1) not null,
  reduced_rate  numeric(4, 1),
  reduced_for   text
);
create table tax_filing (
  filing_id   text primary key,
  kind        text not null,
  country     text not null references tax_rate,
  authority   text not null,
  period      text not null,
  due_on      date not null,
  filed_on    date,
  responsible text not null references person
);
create table vat_entry (
  entry_id    text primary key,
  posted_on   date not null,
  country     text not null references tax_rate,
  direction   text not null check (direction in ('output', 'input')),
  document    text not null,
  base_amount numeric(14, 2) not null,
  vat_amount  numeric(14, 2) not null
);
-- The close of last month. A task can wait for another one.
create table close_task (
  task_id   text primary key,
  title     text not null,
  area      text not null,
  owner     text not null references person,
  due_on    date not null,
  done_on   date,
  waits_for text references close_task,
  note      text
);
create view close_task_state as
select t.*, p.name as owner_name, w.title as waits_for_title, wo.name as waits_for_owner,
       case when t.done_on is not null then 'done'
            when w.task_id is not null and w.done_on is null then 'blocked'
            else 'open' end as status,
       case when t.done_on is null and t.due_on < current_date then current_date - t.due_on else 0 end as days_late
from close_task t join person p on p.upn = t.owner
left join close_task w on w.task_id = t.waits_for left join person wo on wo.upn = w.owner;
create table revenue_contract (
  contract_id  text primary key,
  client_id    text not null references client,
  description  text not null,
  total_amount numeric(14, 2) not null check (total_amount > 0),
  starts_on    date not null,
  ends_on      date not null,
  check (ends_on > starts_on)
);
-- Recognised evenly, day by day: what is earned by the end of a day, to the cent and never more than the whole.
create function earned_by(day date, contract revenue_contract) returns numeric language sql immutable
return case when day < contract.starts_on then 0.00
            when day >= contract.ends_on then contract.total_amount
            else round(contract.total_amount * (day - contract.starts_on + 1) / (contract.ends_on - contract.starts_on + 1), 2)
       end;
create table payment_card (
  card_id      text primary key,
  holder       text not null references person,
  last_four    text not null,
  limit_amount numeric(14, 2) not null,                -- for any 30 days
  status       text not null check (status in ('active', 'blocked'))
);
create table card_transaction (
  transaction_id text primary key,
  card_id        text not null references payment_card,
  posted_on      date not null,
  merchant       text not null,
  category       text not null,
  amount         numeric(14, 2) not null,
  has_receipt    boolean not null
);
create index card_transaction_card on card_transaction (card_id, posted_on);
create table account_guide (
  account_id text primary key references ledger_account,
  purpose    text not null,
  examples   text not null,
  not_here   text not null,
  search     tsvector generated always as (
    setweight(to_tsvector('english', examples), 'A') || setweight(to_tsvector('english', purpose), 'B')) stored
);
-- As of the last month that was closed.
create table account_balance (
  account_id text primary key references ledger_account,
  debit      numeric(14, 2) not null,
  credit     numeric(14, 2) not null,
  as_of      date not null
);
