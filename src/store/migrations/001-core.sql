-- What is said: conversations, activities, turns.

create table conversation (
  tenant_id       text not null,
  conversation_id text not null,
  channel_id      text not null,                    -- "msteams", "emulator"
  service_url     text not null,                    -- may change: refreshed from every activity
  kind            text not null check (kind in ('personal', 'groupChat', 'channel')),
  bot_id          text not null,
  person_id       text,                             -- aadObjectId of the other side of a personal chat
  user_id         text,                             -- the same person's id in the channel ("29:…")
  cluster_id      text,                             -- the cluster whose people meet here
  name            text,
  removed_at      timestamptz,                      -- the bot was uninstalled: nothing may be sent
  seen_at         timestamptz not null default now(),
  primary key (tenant_id, conversation_id)
);
create index conversation_person on conversation (tenant_id, person_id, seen_at desc) where kind = 'personal';
create unique index conversation_cluster on conversation (tenant_id, cluster_id) where cluster_id is not null;

-- Every inbound activity, kept until it is dealt with: a repeat gets the stored outcome, a restart finishes the rest.
create table activity_seen (
  tenant_id       text not null,
  conversation_id text not null,
  activity_id     text not null,
  payload         jsonb,                            -- null once done
  state           text not null check (state in ('received', 'done', 'abandoned')),
  worker          text not null,                    -- the process that took it
  tries           integer not null default 1,
  outcome         jsonb,                            -- what an invoke was answered
  received_at     timestamptz not null default now(),
  done_at         timestamptz,
  primary key (tenant_id, conversation_id, activity_id)
);
create index activity_seen_open on activity_seen (received_at) where state = 'received';

create table turn (
  tenant_id       text not null,
  turn_id         uuid not null,
  code            text not null,                    -- short handle that people type: "7Q2K"
  conversation_id text not null,
  activity_id     text not null,
  person_id       text,                             -- null: somebody whom the directory does not know
  person_name     text not null,
  text            text not null,
  parent_turn_id  uuid,                             -- the turn that this one continues (a clarification, a missing detail)
  outcome         text not null,                    -- answered, clarified, asked-detail, proposed, refused, handed-off, failed
  routing         jsonb,                            -- the routing decision, whole
  agent_id        text,
  agent_version   text,
  intent          text,
  reply           jsonb not null,
  latency_ms      integer not null,
  created_at      timestamptz not null default now(),
  primary key (tenant_id, turn_id),
  unique (tenant_id, code),
  unique (tenant_id, conversation_id, activity_id)
);
-- One choice on a card continues a turn once, however often it is clicked.
create unique index turn_choice on turn (tenant_id, parent_turn_id, agent_id, intent) where parent_turn_id is not null and agent_id is not null;
create index turn_person on turn (tenant_id, person_id, created_at desc);

-- What a conversation waits for from one person: a missing detail of an intent that is already chosen.
create table expectation (
  tenant_id       text not null,
  conversation_id text not null,
  person_id       text not null,                    -- aadObjectId, or the channel id of a stranger
  turn_id         uuid not null,
  awaits          jsonb not null,
  created_at      timestamptz not null default now(),
  primary key (tenant_id, conversation_id, person_id)
);

-- What is sent: one queue, one lane per conversation, and a ledger of every card.

create table card_copy (
  tenant_id       text not null,
  card_copy_id    uuid not null,
  subject_kind    text not null check (subject_kind in ('approval', 'run', 'handoff', 'turn')),
  subject_id      uuid not null,
  view            text not null,                    -- who it is made for: approver, requester, responder, …
  lane            text not null,
  person_id       text,
  conversation_id text,                             -- known once delivered
  activity_id     text,                             -- known once delivered
  version         integer not null,                 -- version of the subject that it shows
  card_hash       text not null,
  state           text not null check (state in ('sending', 'live', 'settled', 'dead')),
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  primary key (tenant_id, card_copy_id)
);
create index card_copy_subject on card_copy (tenant_id, subject_kind, subject_id);
create index card_copy_activity on card_copy (tenant_id, conversation_id, activity_id);

create table outbox (
  outbox_id       bigint generated always as identity primary key,
  tenant_id       text not null,
  lane            text not null,                    -- "person:<aadObjectId>" or "conversation:<id>": order is kept within it
  verb            text not null check (verb in ('post', 'update')),
  activity        jsonb not null,
  card_copy_id    uuid,
  dedupe_key      text not null,                    -- the channel is told it, so that one that can know does not show it twice
  state           text not null default 'queued' check (state in ('queued', 'sending', 'sent', 'failed')),
  worker          text,
  lease_until     timestamptz,
  attempts        integer not null default 0,
  not_before      timestamptz not null default now(),
  activity_id     text,
  last_error      text,
  created_at      timestamptz not null default now(),
  sent_at         timestamptz,
  unique (tenant_id, dedupe_key)
);
create index outbox_open on outbox (tenant_id, lane, outbox_id) where state in ('queued', 'sending');

-- What is done: runs, actions, approvals.

create table run (
  tenant_id       text not null,
  run_id          uuid not null,
  code            text not null,                    -- the code of the turn that proposed it
  turn_id         uuid not null,
  conversation_id text not null,
  requester_id    text not null,
  agent_id        text not null,
  agent_version   text not null,
  plan            jsonb not null,                   -- the plan that it began with; it keeps this one
  policy_version  text not null,
  status          text not null,
  version         integer not null,
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  primary key (tenant_id, run_id),
  unique (tenant_id, code)
);
create index run_requester on run (tenant_id, requester_id, created_at desc);

create table run_event (
  tenant_id text not null,
  run_id    uuid not null,
  seq       integer not null,
  type      text not null,
  data      jsonb not null,
  at        timestamptz not null default now(),
  primary key (tenant_id, run_id, seq)
);

create table action (
  tenant_id       text not null,
  action_id       uuid not null,
  run_id          uuid not null,
  step_id         text not null,
  tool            text not null,
  args            jsonb not null,                   -- canonical arguments: what is shown is what runs
  digest          text not null,                    -- sha-256 over tool and canonical arguments
  risk            text not null check (risk in ('low', 'medium', 'high')),
  reversal        text not null check (reversal in ('event-sourced', 'compensable', 'non-reversible')),
  compensation    jsonb,                            -- { tool, args }: the template before the effect, the filled call after it
  proposal        jsonb not null,                   -- what people were shown
  idempotency_key text not null,
  state           text not null check (state in ('proposed', 'started', 'done', 'failed', 'unknown', 'void')),
  result          jsonb,
  failure         text,
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  primary key (tenant_id, action_id),
  unique (tenant_id, idempotency_key)
);
create index action_run on action (tenant_id, run_id);

create table action_attempt (
  tenant_id  text not null,
  action_id  uuid not null,
  attempt    integer not null,
  started_at timestamptz not null default now(),
  ended_at   timestamptz,
  outcome    text,                                  -- done, refused, not-done, unknown; null: never came back
  error      text,
  primary key (tenant_id, action_id, attempt)
);

create table approval (
  tenant_id      text not null,
  approval_id    uuid not null,
  code           text not null,
  run_id         uuid not null,
  action_id      uuid not null,
  kind           text not null check (kind in ('confirmation', 'review')),
  digest         text not null,
  cluster_id     text not null,
  risk           text not null,
  amount         numeric,                           -- what the decision is about, in the plan's currency
  requester_id   text not null,
  policy_id      text not null,
  policy_version text not null,
  policy_reason  text not null,
  status         text not null check (status in ('pending', 'approved', 'rejected', 'expired', 'cancelled', 'superseded', 'failed-to-resume')),
  version        integer not null default 1,
  decided_by     text,
  reason         text,
  decided_at     timestamptz,
  consumed_at    timestamptz,                       -- set once, when the effect's step starts
  expires_at     timestamptz not null,
  created_at     timestamptz not null default now(),
  primary key (tenant_id, approval_id)
);
create index approval_code on approval (tenant_id, code);
create index approval_pending on approval (tenant_id, expires_at) where status = 'pending';

create table approval_event (
  tenant_id   text not null,
  approval_id uuid not null,
  seq         integer not null,
  type        text not null,
  data        jsonb not null,
  at          timestamptz not null default now(),
  primary key (tenant_id, approval_id, seq)
);

-- People: the handoff queue.

create table handoff (
  tenant_id       text not null,
  handoff_id      uuid not null,
  code            text not null,
  turn_id         uuid not null,
  conversation_id text not null,                    -- where the requester waits
  requester_id    text not null,
  requester_name  text not null,
  cluster_id      text not null,
  summary         jsonb not null,                   -- transcript, candidates and scores
  status          text not null check (status in ('waiting', 'claimed', 'resolved', 'returned')),
  version         integer not null default 1,
  claimed_by      text,
  note            text,
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  primary key (tenant_id, handoff_id)
);
create unique index handoff_open on handoff (tenant_id, conversation_id, requester_id) where status in ('waiting', 'claimed');
create index handoff_claimed on handoff (tenant_id, claimed_by) where status = 'claimed';

create table handoff_event (
  tenant_id  text not null,
  handoff_id uuid not null,
  seq        integer not null,
  type       text not null,
  data       jsonb not null,
  at         timestamptz not null default now(),
  primary key (tenant_id, handoff_id, seq)
);

-- Evidence: append-only and hash-chained per tenant. The chain is computed here, so that no path can forget a link.

create table audit_log (
  tenant_id text not null,
  seq       bigint not null,
  at        timestamptz not null,
  kind      text not null,
  actor     text not null,                          -- aadObjectId, agent id, or "signalbox"
  turn_id   uuid,
  run_id    uuid,
  data      jsonb not null,
  prev_hash text not null,
  hash      text not null,
  primary key (tenant_id, seq)
);
create index audit_log_run on audit_log (tenant_id, run_id, seq) where run_id is not null;
create index audit_log_turn on audit_log (tenant_id, turn_id, seq) where turn_id is not null;

create table audit_head (
  tenant_id text primary key,
  seq       bigint not null,
  hash      text not null
);

create function audit_hash(prev_hash text, tenant_id text, seq bigint, at timestamptz, kind text, actor text,
                           turn_id uuid, run_id uuid, data jsonb) returns text
language sql immutable as $$
  select encode(sha256(convert_to(concat_ws(E'\n', prev_hash, tenant_id, seq::text,
    (extract(epoch from at) * 1000000)::bigint::text, kind, actor, coalesce(turn_id::text, '-'), coalesce(run_id::text, '-'),
    data::text), 'UTF8')), 'hex')
$$;

-- The head row is the lock: two writers of one tenant take turns, and the order of the chain is the order of the commits.
create function audit_append(p_tenant text, p_kind text, p_actor text, p_turn uuid, p_run uuid, p_data jsonb) returns bigint
language plpgsql as $$
declare
  head audit_head;
  now_at timestamptz := clock_timestamp();
  next_hash text;
begin
  insert into audit_head values (p_tenant, 0, 'genesis') on conflict do nothing;
  select * into head from audit_head where tenant_id = p_tenant for update;
  next_hash := audit_hash(head.hash, p_tenant, head.seq + 1, now_at, p_kind, p_actor, p_turn, p_run, p_data);
  insert into audit_log values (p_tenant, head.seq + 1, now_at, p_kind, p_actor, p_turn, p_run, p_data, head.hash, next_hash);
  update audit_head set seq = head.seq + 1, hash = next_hash where tenant_id = p_tenant;
  return head.seq + 1;
end
$$;

create function audit_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'audit_log is append-only: % refused', tg_op;
end
$$;
create trigger audit_log_append_only before update or delete on audit_log
  for each row execute function audit_is_append_only();
create trigger audit_log_no_truncate before truncate on audit_log
  for each statement execute function audit_is_append_only();
