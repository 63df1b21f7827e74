-- What monitoring says about agents, and what comes of it (R9.2).

-- Every alert that was signed as it must be, as it came; what it says is somebody else's text and is only ever shown.
create table alert (
  tenant_id    text not null,
  alert_id     uuid not null,
  source_id    text not null,                       -- the sender's id of it; where it gives none, the signature
  condition    text not null check (condition in ('fired', 'resolved')),
  signature    text not null,                       -- of the request: the same one twice is a replay
  kind         text,                                -- latency_breach, anomaly_flag, security_incident; null: unreadable
  agent_named  text not null,                       -- as the alert says it
  metric_value double precision,
  payload      jsonb not null,
  state        text not null check (state in ('received', 'acted', 'noted', 'unknown-agent', 'unreadable')),
  incident_id  uuid,                                -- what came of it
  received_at  timestamptz not null,
  primary key (tenant_id, alert_id),
  unique (tenant_id, source_id, condition),
  unique (tenant_id, signature)
);
create index alert_received on alert (tenant_id, received_at desc);

create table incident (
  tenant_id       text not null,
  incident_id     uuid not null,
  agent_id        uuid not null,
  kind            text not null check (kind in ('latency_breach', 'anomaly_flag', 'security_incident')),
  state           text not null check (state in ('open', 'acknowledged', 'closed')),
  metric_value    double precision,                 -- the latest
  opened_at       timestamptz not null,
  heard_at        timestamptz not null,             -- of the latest alert that fired
  heard           integer not null default 1,
  resolved_at     timestamptz,                      -- monitoring says so: shown, and nothing follows from it
  answer_by       timestamptz,                      -- the owner acknowledges until then, or the agent is suspended
  silent_at       timestamptz,                      -- suspended because nobody did
  runs_held       integer,                          -- of a security incident; null: not yet
  acknowledged_by text,                             -- aadObjectId
  acknowledged_at timestamptz,
  closed_by       text,                             -- aadObjectId, or the name of the flow
  closed_at       timestamptz,
  why             text,                             -- it was closed
  version         integer not null default 1,
  primary key (tenant_id, incident_id),
  check ((state = 'closed') = (closed_at is not null)),
  check (state <> 'acknowledged' or acknowledged_at is not null)
);
-- Alerts of one kind about one agent are one incident until it is closed.
create unique index incident_open on incident (tenant_id, agent_id, kind) where state <> 'closed';

alter table card_copy drop constraint card_copy_subject_kind_check;
alter table card_copy add constraint card_copy_subject_kind_check
  check (subject_kind in ('approval', 'run', 'handoff', 'turn', 'correction', 'review', 'incident'));
