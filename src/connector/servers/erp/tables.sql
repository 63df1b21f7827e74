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
