-- What people say about who should have answered, and what is learnt of it.

create table routing_correction (
  tenant_id         text not null,
  correction_id     uuid not null,
  group_id          uuid not null,                  -- same words, same choice: decided as one, on one card
  kind              text not null check (kind in ('wrong-agent', 'choice')),
  turn_id           uuid not null,                  -- the turn whose words were routed
  person_id         text not null,                  -- aadObjectId, or the channel id of a stranger
  said              text not null,
  words             text not null,                  -- the same, as it is compared
  answered_agent_id uuid,                           -- null: the router asked instead
  answered_intent   text,
  chosen_agent_id   uuid,                           -- null: none of the fleet
  chosen_intent     text,
  score             double precision not null,      -- how sure the router was of what it did
  registry_version  text not null,
  state             text not null check (state in ('open', 'approved', 'declined')),
  decided_by        text,
  decided_at        timestamptz,
  why               text,                           -- of a declined one
  created_at        timestamptz not null default now(),
  changed_at        timestamptz not null default now(),
  primary key (tenant_id, correction_id),
  check (chosen_agent_id is not null or answered_agent_id is not null)
);
-- Somebody who corrects a turn twice has changed their mind.
create unique index routing_correction_open on routing_correction (tenant_id, turn_id) where state = 'open';
create index routing_correction_turn on routing_correction (tenant_id, turn_id);
create index routing_correction_group on routing_correction (tenant_id, group_id);
create index routing_correction_words on routing_correction (tenant_id, words) where state = 'open';

-- What was approved: it stays when the file of the agent changes, until it stands in the file itself.
create table lesson (
  tenant_id   text not null,
  lesson_id   uuid not null,                        -- the group of corrections that it was learnt from
  number      bigint generated always as identity,  -- the order in which they were learnt
  agent_id    uuid not null,
  intent      text,                                 -- null: a counter-example, the agent leaves such words alone
  utterance   text not null,
  version     integer not null,                     -- of the agent, with which it began to serve
  approved_by text not null,                        -- aadObjectId
  approved_at timestamptz not null default now(),
  primary key (tenant_id, lesson_id)
);

alter table card_copy drop constraint card_copy_subject_kind_check;
alter table card_copy add constraint card_copy_subject_kind_check
  check (subject_kind in ('approval', 'run', 'handoff', 'turn', 'correction'));
