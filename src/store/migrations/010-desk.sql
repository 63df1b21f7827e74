-- The local desk: what a chat service keeps. Nothing of the bot's own reads or writes here.

create schema desk;

-- Hands out numbers in the order of commits: whoever has seen number n has seen everything up to n.
create table desk.clock (
  tenant_id text primary key,
  change    bigint not null
);

create table desk.conversation (
  tenant_id       text not null,
  conversation_id text not null,
  kind            text not null check (kind in ('personal', 'channel')),
  name            text not null,
  team            jsonb,                            -- {id, name} of a channel's team
  person_id       text,                             -- aadObjectId of the other side of a personal chat
  greeted_url     text,                             -- the address of this desk when the bot was last told of the conversation
  created_at      timestamptz not null default now(),
  primary key (tenant_id, conversation_id)
);
create unique index desk_personal_chat on desk.conversation (tenant_id, person_id) where kind = 'personal';

create table desk.member (
  tenant_id       text not null,
  conversation_id text not null,
  person_id       text not null,                    -- aadObjectId
  primary key (tenant_id, conversation_id, person_id),
  foreign key (tenant_id, conversation_id) references desk.conversation on delete cascade
);
create index desk_member_person on desk.member (tenant_id, person_id);

create table desk.message (
  tenant_id       text not null,
  conversation_id text not null,
  message_id      text not null,
  position        bigint not null,                  -- the number it got when it was sent: the order in the chat
  change          bigint not null,                  -- the number of its latest change
  version         integer not null default 1,       -- grows with each edit
  author_id       text not null,                    -- aadObjectId, or the bot's id
  activity        jsonb not null,                   -- what was sent, as it was sent
  client_id       text,                             -- the sender's own id: the same one is shown once
  delivery        text not null check (delivery in ('not-for-bot', 'pending', 'delivered', 'failed')),
  sent_at         timestamptz not null default now(),
  edited_at       timestamptz,
  deleted_at      timestamptz,
  primary key (tenant_id, conversation_id, message_id),
  unique (tenant_id, conversation_id, position),
  foreign key (tenant_id, conversation_id) references desk.conversation on delete cascade
);
create unique index desk_message_once on desk.message (tenant_id, conversation_id, author_id, client_id) where client_id is not null;
create index desk_message_change on desk.message (tenant_id, conversation_id, change);
create index desk_message_pending on desk.message (tenant_id) where delivery = 'pending';

-- The card that one person sees after a click, until the message itself changes again.
create table desk.own_card (
  tenant_id       text not null,
  conversation_id text not null,
  message_id      text not null,
  person_id       text not null,
  version         integer not null,                 -- the version of the message that it stands in for
  card            jsonb not null,
  change          bigint not null,
  primary key (tenant_id, conversation_id, message_id, person_id),
  foreign key (tenant_id, conversation_id, message_id) references desk.message on delete cascade
);

create table desk.read_mark (
  tenant_id       text not null,
  conversation_id text not null,
  person_id       text not null,
  position        bigint not null,                  -- everything up to here was seen
  change          bigint not null,
  primary key (tenant_id, conversation_id, person_id),
  foreign key (tenant_id, conversation_id) references desk.conversation on delete cascade
);
