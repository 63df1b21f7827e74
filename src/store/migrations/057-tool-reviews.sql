-- Tools whose definition nobody reviewed are in quarantine until a person has looked at them (R11.6).

-- One review is what was found at one listing of a system; it is decided as a whole.
create table tool_review (
  tenant_id  text not null,
  review_id  uuid not null,
  number     bigint generated always as identity,   -- what people call it
  system     text not null,
  state      text not null check (state in ('open', 'released', 'kept-out')),
  found_at   timestamptz not null default now(),
  decided_by text,                                  -- aadObjectId
  decided_at timestamptz,
  why        text,
  version    integer not null default 1,
  told       integer not null default 0,            -- the version that people see on their cards
  primary key (tenant_id, review_id),
  check ((state = 'open') = (decided_by is null) and (state = 'open') = (decided_at is null)
     and (state = 'open') = (why is null))
);
create unique index tool_review_number on tool_review (tenant_id, number);
create index tool_review_untold on tool_review (tenant_id) where told < version;

-- A definition is decided about once, however many processes find it.
create table tool_change (
  tenant_id   text not null,
  system      text not null,
  tool        text not null,
  fingerprint text not null,                        -- SHA-256 of "after"
  review_id   uuid not null,
  before      text,                                 -- canonical JSON of what was reviewed; null: a new tool
  after       text not null,                        -- canonical JSON of what the system says now: somebody else's text
  primary key (tenant_id, system, tool, fingerprint),
  foreign key (tenant_id, review_id) references tool_review (tenant_id, review_id)
);
create index tool_change_review on tool_change (tenant_id, review_id);

-- The kinds that are there stay, whichever those are.
do $$
declare
  was text := (select pg_get_expr(conbin, conrelid) from pg_constraint where conname = 'card_copy_subject_kind_check');
begin
  alter table card_copy drop constraint card_copy_subject_kind_check;
  execute format('alter table card_copy add constraint card_copy_subject_kind_check check ((%s) or subject_kind = ''tool-review'')', was);
end $$;
