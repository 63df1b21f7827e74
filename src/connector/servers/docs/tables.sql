-- The document library and the shared mailboxes: what people wrote down, and what each of these says about a business object.
create table document (
  document_id text primary key,
  kind text not null check (kind in ('document', 'mail')),
  title text not null,
  author text not null,
  author_name text not null,
  place text not null,
  written_on date not null,
  body text not null
);
create table statement (
  document_id text not null references document,
  subject text not null,
  about text not null,
  value text not null,
  as_of date not null,
  primary key (document_id, subject, about)
);
create index statement_subject on statement (lower(subject), about);
