-- Runs as task graphs, approvals by several people, and operators.

-- The texts under which a run began: it is judged by them until its end.
create table policy_version (
  tenant_id  text not null,
  version    text not null,
  texts      jsonb not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, version)
);

alter table run
  add column cluster_id text not null default '',
  add column state jsonb;

-- A run that began before plans were graphs has one step, and its action holds all that the step needs.
update run r set
  cluster_id = coalesce((select ap.cluster_id from approval ap where ap.tenant_id = r.tenant_id and ap.run_id = r.run_id limit 1), ''),
  plan = jsonb_build_object(
    'plan', r.plan -> 'plan', 'version', r.plan -> 'version', 'pattern', 'sequential', 'onFailure', 'stop', 'approval', 'each',
    'scope', jsonb_build_object('slots', coalesce(r.plan -> 'known', '{}'), 'steps', '{}'::jsonb, 'computed', '{}'::jsonb,
      'requester', '{"upn": "", "name": ""}'::jsonb, 'today', to_char(r.created_at, 'YYYY-MM-DD')),
    'budgets', '{"maxTurns": 20, "maxToolCalls": 40, "maxRuntimeSeconds": 300, "maxTokens": 20000, "maxCostCents": 100, "onCrossing": "ask"}'::jsonb,
    'steps', jsonb_build_array(jsonb_build_object(
      'id', a.step_id, 'after', '[]'::jsonb, 'kind', 'write', 'tool', a.tool, 'args', a.args, 'risk', a.risk, 'confirm', false,
      'undo', case when a.compensation is null or a.reversal = 'non-reversible' then '{"reversal": "non-reversible"}'::jsonb
                   else a.compensation || jsonb_build_object('reversal', a.reversal) end,
      'texts', a.proposal - 'inputs' - 'sources', 'inputs', a.proposal -> 'inputs', 'editable', '[]'::jsonb,
      'sources', a.proposal -> 'sources'))),
  state = jsonb_build_object(
    'steps', jsonb_build_object(a.step_id, case r.status
      when 'waiting' then jsonb_build_object('is', 'asking', 'actionId', a.action_id, 'approvalId',
        (select ap.approval_id from approval ap where ap.tenant_id = r.tenant_id and ap.run_id = r.run_id order by ap.created_at desc limit 1))
      when 'cleared' then jsonb_build_object('is', 'cleared', 'actionId', a.action_id)
      when 'acting' then jsonb_build_object('is', 'acting', 'actionId', a.action_id)
      when 'completed' then jsonb_build_object('is', 'done', 'actionId', a.action_id, 'output', coalesce(a.result, '{}'))
      when 'needs-check' then jsonb_build_object('is', 'unknown', 'actionId', a.action_id, 'why', coalesce(a.failure, ''))
      else jsonb_build_object('is', case when r.status in ('failed', 'rejected', 'expired') then r.status else 'skipped' end,
        'why', coalesce(a.failure, '')) end),
    'generations', '{}'::jsonb, 'replanned', null, 'added', '[]'::jsonb,
    'budgets', '{"maxTurns": 20, "maxToolCalls": 40, "maxRuntimeSeconds": 300, "maxTokens": 20000, "maxCostCents": 100, "onCrossing": "ask"}'::jsonb,
    'spent', '{"turns": 0, "toolCalls": 0, "seconds": 0, "tokens": 0, "costCents": 0}'::jsonb,
    'superstep', case when r.status in ('cleared', 'acting') then 1 else 0 end,
    'asked', 1, 'isQueued', r.status = 'cleared', 'isActing', r.status = 'acting', 'hold', null, 'checkpoints', '[]'::jsonb, 'closing', null,
    'outcome', case when r.status in ('completed', 'failed', 'rejected', 'expired', 'cancelled') then to_jsonb(r.status) else 'null'::jsonb end)
  from action a where a.tenant_id = r.tenant_id and a.run_id = r.run_id;

alter table run alter column state set not null;
create index run_open on run (tenant_id, updated_at)
  where status in ('waiting', 'cleared', 'acting', 'paused', 'needs-check');

alter table action
  add column approval_id uuid,                      -- the approval that covers it; null: policy let it run
  add column agent_id text,
  add column agent_version text,
  add column undone_by uuid;                        -- the run that took it back
update action a set
  approval_id = (select ap.approval_id from approval ap where ap.tenant_id = a.tenant_id and ap.action_id = a.action_id order by ap.created_at desc limit 1),
  agent_id = r.agent_id, agent_version = r.agent_version
  from run r where r.tenant_id = a.tenant_id and r.run_id = a.run_id;
alter table action drop constraint action_state_check;
alter table action add constraint action_state_check
  check (state in ('proposed', 'started', 'done', 'failed', 'unknown', 'void', 'undone'));
-- A key names one effect; a step that failed may be tried again under the same one.
alter table action drop constraint action_tenant_id_idempotency_key_key;
create unique index action_key on action (tenant_id, idempotency_key) where state in ('proposed', 'started', 'done', 'unknown');
create index action_approval on action (tenant_id, approval_id) where approval_id is not null;
create index action_of_version on action (tenant_id, agent_id, agent_version, created_at desc);

alter table approval
  add column step_id text not null default '',
  add column stages jsonb not null default '[{"who": "reviewer", "quorum": 1}]',
  add column stage integer not null default 0,      -- index into stages
  add column inputs_version integer not null default 1, -- grows when what would run changes: a click on older inputs is stale
  add column editable jsonb not null default '[]',  -- [{name, label, value}]: what an approver may change
  add column escalated_to text[] not null default '{}', -- aadObjectIds
  add column decided_for text;                      -- whose say it was, where somebody stood in for them
update approval ap set step_id = a.step_id from action a where a.tenant_id = ap.tenant_id and a.action_id = ap.action_id;
-- Under the policies until now, 10,000 and more were the lead's to decide.
update approval set stages = '[{"who": "lead", "quorum": 1}]' where kind = 'review' and amount >= 10000;
create index approval_run on approval (tenant_id, run_id, created_at desc);
create index approval_action on approval (tenant_id, action_id);

-- One say of one person. Nobody has two, neither as themselves nor for somebody else.
create table approval_vote (
  tenant_id    text not null,
  approval_id  uuid not null,
  inputs_version integer not null,
  actor_id     text not null,
  holder_id    text not null,                       -- whose say it is: the actor's, or of whom they stand in for
  stage        integer not null,
  via          text not null,
  seen_at      timestamptz,                         -- when they first had it before them
  voted_at     timestamptz not null default now(),
  primary key (tenant_id, approval_id, inputs_version, actor_id),
  unique (tenant_id, approval_id, inputs_version, holder_id)
);

-- Who was asked, and why: their inbox, reminders, and the time they took.
create table approval_asked (
  tenant_id    text not null,
  approval_id  uuid not null,
  person_id    text not null,
  because      text not null check (because in ('policy', 'delegated', 'escalated')),
  holder_id    text not null,                       -- whose say they would use
  asked_at     timestamptz not null default now(),
  seen_at      timestamptz,                         -- first shown to them: their card was delivered, or a list showed it
  primary key (tenant_id, approval_id, person_id)
);
create index approval_asked_person on approval_asked (tenant_id, person_id, asked_at desc);
insert into approval_asked (tenant_id, approval_id, person_id, because, holder_id)
  select distinct c.tenant_id, c.subject_id, c.person_id, 'policy', c.person_id
    from card_copy c join approval ap on ap.tenant_id = c.tenant_id and ap.approval_id = c.subject_id
   where c.subject_kind = 'approval' and c.person_id is not null and ap.status = 'pending';

-- A question to the requester; the clock goes on.
create table approval_question (
  tenant_id   text not null,
  approval_id uuid not null,
  number      integer not null,
  asked_by    text not null,
  question    text not null,
  answer      text,
  asked_at    timestamptz not null default now(),
  answered_at timestamptz,
  primary key (tenant_id, approval_id, number)
);

-- Out of office: who decides for whom, for a time.
create table delegation (
  tenant_id     text not null,
  delegation_id uuid not null,
  from_id       text not null,
  to_id         text not null,
  starts_at     timestamptz not null,
  ends_at       timestamptz not null,
  ended_at      timestamptz,                        -- taken back before its end
  created_at    timestamptz not null default now(),
  primary key (tenant_id, delegation_id)
);
create index delegation_open on delegation (tenant_id, ends_at) where ended_at is null;

-- The kill switch: while a row is open, no action of the fleet starts, in any process.
create table fleet_pause (
  pause_id   uuid not null default gen_random_uuid() primary key,
  tenant_id  text not null,
  paused_at  timestamptz not null default now(),
  paused_by  text not null,
  reason     text not null,
  resumed_at timestamptz,
  resumed_by text
);
create unique index fleet_pause_open on fleet_pause (tenant_id) where resumed_at is null;

-- Just-in-time elevation: the right of one agent version to make one call, from approval to the end of the effect.
create table elevation (
  tenant_id     text not null,
  action_id     uuid not null,
  agent_id      text not null,
  agent_version text not null,
  tool          text not null,
  digest        text not null,
  granted_at    timestamptz not null default now(),
  ends_at       timestamptz not null,
  ended_at      timestamptz,
  primary key (tenant_id, action_id)
);
-- What is on its way to its system goes on.
insert into elevation (tenant_id, action_id, agent_id, agent_version, tool, digest, ends_at)
  select tenant_id, action_id, agent_id, agent_version, tool, digest, now() + interval '15 minutes' from action where state = 'started';

-- What a step that only looked has found, until its superstep is recorded: the engine's own tables hold no data.
create table step_output (
  tenant_id  text not null,
  run_id     uuid not null,
  step_id    text not null,
  superstep  integer not null,
  output     jsonb not null,
  tokens     integer not null default 0,
  cost_cents integer not null default 0,
  primary key (tenant_id, run_id, step_id, superstep)
);

-- What an operator wants at the command line: any process carries it out, and says here what came of it.
create table operator_wish (
  tenant_id  text not null,
  wish_id    uuid not null,
  verb       text not null,
  code       text not null,
  detail     text not null,
  operator   text not null,                         -- aadObjectId
  outcome    text,
  told       text,
  asked_at   timestamptz not null default now(),
  ended_at   timestamptz,
  primary key (tenant_id, wish_id)
);
