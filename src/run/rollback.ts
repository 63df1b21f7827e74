import type { Action } from "../action/action.ts";
import { effectsAfter, isAnyBeingUndone } from "../action/store.ts";
import { literal, quoted } from "../action/values.ts";
import { appendAudit } from "../audit/store.ts";
import { ConnectorError, type ToolInfo } from "../connector/client.ts";
import { messageOf, SignalboxError } from "../errors.ts";
import { mayOperateFleet } from "../policy/may-operate.ts";
import { loadVersion, lockPointer, type Pointer, setPointer } from "../registry/versions/store.ts";
import { takeTurns } from "../store/advisory-lock.ts";
import { type Tx, transaction } from "../store/pool.ts";
import { readPlan } from "./check-plan.ts";
import { mayOperate, type Operator } from "./operate.ts";
import { MAX_STEPS, type Plan, type WriteStep } from "./plan.ts";
import type { RunAgent, RunPorts } from "./ports.ts";
import { startRun } from "./start-run.ts";
import { loadRun } from "./store.ts";

/** One effect, and what taking it back would do. */
export type Undoing = { action: Action } /** `would`: what the system says that its compensation would change */ & (
  | { can: "be undone"; would: Change[] }
  | { can: "not be undone"; why: string }
  | { can: "be undone by a person"; why: string }
);

export type RolledBack =
  | { outcome: "not-yours" | "refused"; why: string }
  | {
      outcome: "done";
      from: number | undefined;
      to: number | undefined;
      undoings: Undoing[];
      later: number;
      runId: string | undefined;
    };

/** Fifteen seconds in all: what does not come about by then is left to a person, and the others go on. */
const SAGA_RETRY = { attempts: 5, intervalSeconds: 1, backoffRate: 2 };

/** Where the wish came from: the turn of the operator's words. */
export type Origin = { code: string; turnId: string; conversationId: string };

/**
 * Rolls an agent back to a version: the pointer is switched at once, and the effects of the later versions are listed, newest
 * first, each with what its compensation would do. The plan of compensations is approved like any action; then a durable saga
 * carries it out. Rolling back again lists what is left.
 */
export async function rollBack(
  ports: RunPorts,
  operator: Operator,
  wish: { agentId: string; to: number; replay: boolean },
  origin: Origin,
): Promise<RolledBack> {
  const { tenantId } = ports;
  const { agentId, to, replay } = wish;
  if (!mayOperateFleet(ports, operator.person).permitted)
    return refuse(ports, operator, "not-yours", "The platform team and security roll agents back.", wish);
  if ((await loadVersion(ports.pool, tenantId, agentId, to)) === undefined)
    return refuse(ports, operator, "refused", `There is no version ${to} of this agent.`, wish);
  const before = await switchPointer(ports, operator, agentId, to);
  if (before !== undefined && before.active < to)
    return refuse(ports, operator, "refused", `Version ${to} is later than ${before.active}, which serves.`, wish);
  const effects = await transaction(ports.pool, (tx) => effectsAfter(tx, tenantId, { agentId, after: to }));
  const undone = await undo(ports, operator, effects, { agentId, replay }, origin);
  return { outcome: "done", from: before?.active, to, ...undone };
}

/** Takes back what one run did. */
export async function undoRun(ports: RunPorts, operator: Operator, runId: string, origin: Origin): Promise<RolledBack> {
  const run = await loadRun(ports.pool, ports.tenantId, runId);
  if (run === undefined) return { outcome: "refused", why: "I do not know that run." };
  const may = await mayOperate(ports, operator, run, "cancelRun");
  if (!may.permitted)
    return refuse(ports, operator, "not-yours", "Whoever asked, or answers for the agent, may propose that.", {
      runId,
    });
  if (run.state.outcome === null)
    return { outcome: "refused", why: `It is not over yet: “cancel ${run.code}” ends it, then it can be taken back.` };
  const effects = await transaction(ports.pool, (tx) => effectsAfter(tx, ports.tenantId, { runId }));
  if (effects.length === 0) return { outcome: "refused", why: "Nothing of it stands that could be taken back." };
  const undone = await undo(ports, operator, effects, { agentId: run.agentId, replay: false }, origin);
  return { outcome: "done", from: undefined, to: undefined, ...undone };
}

async function refuse(
  ports: RunPorts,
  operator: Operator,
  outcome: "not-yours" | "refused",
  why: string,
  data: Record<string, unknown>,
): Promise<RolledBack> {
  await appendAudit(ports.pool, {
    ...{ tenantId: ports.tenantId, kind: "rollback.attempt-refused", actor: operator.id },
    data: { ...data, why },
  });
  return { outcome, why };
}

async function switchPointer(
  ports: RunPorts,
  operator: Operator,
  agentId: string,
  to: number,
): Promise<Pointer | undefined> {
  return transaction(ports.pool, async (tx) => {
    const before = await lockPointer(tx, ports.tenantId, agentId);
    if (before === undefined || before.active < to) return before;
    if (before.active === to && before.canary === null) return before;
    await setPointer(tx, ports.tenantId, agentId, { active: to, canary: null, canaryShare: 0, by: operator.id });
    await appendAudit(tx, {
      ...{ tenantId: ports.tenantId, kind: "agent.rolled-back", actor: operator.id },
      data: { agentId, from: before.active, canary: before.canary, to },
    });
    return before;
  });
}

/** Asks each system what the compensation would do, without doing it. */
async function rehearseAll(ports: RunPorts, effects: readonly Action[]): Promise<Undoing[]> {
  const undoings: Undoing[] = [];
  // One after the other: the systems are asked about many effects here, and nobody is in a hurry.
  for (const action of effects) undoings.push(await rehearse(ports, action));
  return undoings;
}

async function rehearse(ports: RunPorts, action: Action): Promise<Undoing> {
  const { compensation, reversal, agentId, agentVersion: version } = action;
  if (reversal === "non-reversible")
    return { action, can: "not be undone", why: "It was approved as one that cannot be taken back." };
  if (compensation === null)
    return { action, can: "be undone by a person", why: "Nothing was recorded with which it could be taken back." };
  try {
    const { data } = await ports.connectors.call({ ...compensation, by: { agentId, version }, isRehearsal: true });
    return { action, can: "be undone", would: changesIn(data) };
  } catch (error) {
    const why = error instanceof ConnectorError ? (error.told ?? error.message) : messageOf(error);
    return { action, can: "be undone by a person", why };
  }
}

type Change = { label: string; from: string; to: string };

/** What a write says of the state before and after it: open amount, 450.00, 900.00. */
function changesIn(data: Record<string, unknown>): Change[] {
  const asRow = (value: unknown): Record<string, unknown> =>
    typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  const [before, after] = [asRow(data.before), asRow(data.after)];
  return Object.keys(after)
    .filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]))
    .slice(0, 20)
    .map((key) => ({
      label: literal(key.replaceAll("_", " ")),
      from: literal(String(before[key] ?? "–")),
      to: literal(String(after[key] ?? "–")),
    }));
}

async function undo(
  ports: RunPorts,
  operator: Operator,
  effects: readonly Action[],
  { agentId, replay }: { agentId: string; replay: boolean },
  origin: Origin,
): Promise<{ undoings: Undoing[]; later: number; runId: string | undefined }> {
  const undoings = await rehearseAll(ports, effects.slice(0, MAX_STEPS));
  const later = Math.max(0, effects.length - MAX_STEPS);
  const able = undoings.filter((one) => one.can === "be undone");
  const version = ports.servingVersion(agentId);
  const agent = await ports.agentAt(agentId, version);
  if (able.length === 0 || agent === undefined) return { undoings, later, runId: undefined };
  const plan = readPlan(planOf(ports, agent, able, undoings, replay), ports.connectors.tools());
  const runId = await transaction(ports.pool, async (tx) => {
    await onlyOne(tx, ports, able);
    return startRun(tx, ports, {
      ...{ plan, ...origin, requesterId: operator.id },
      agent: { agentId, version, clusterId: agent.actor.clusterId },
    });
  });
  return { undoings, later, runId };
}

/** Two operators at one moment: the second finds the effects in the first one's plan, and makes none of its own. */
async function onlyOne(tx: Tx, { tenantId }: RunPorts, undoings: readonly Undoing[]): Promise<void> {
  await takeTurns(tx, `rollback:${tenantId}`);
  const ids = undoings.map(({ action }) => action.actionId);
  if (await isAnyBeingUndone(tx, tenantId, ids))
    throw new SignalboxError("rollback-under-way", "Somebody is taking these back already.");
}

/** The plan of compensations, newest effect first. One that fails holds up none of the others. */
function planOf(
  ports: RunPorts,
  agent: RunAgent,
  able: readonly Undoing[],
  all: readonly Undoing[],
  replay: boolean,
): Plan {
  const stays = all.filter((one) => one.can !== "be undone");
  const left = stays.map((one) => `${one.action.proposal.summary} can ${one.can}: ${"why" in one ? one.why : ""}`);
  const impact = left.length === 0 ? "Every effect is taken back." : `What stays: ${left.join(" ")}`.slice(0, 1_900);
  return {
    ...{ plan: "operations/rollback", version: 1, pattern: "sequential", onFailure: "go-on", approval: "whole" },
    scope: { slots: {}, steps: {}, computed: {}, requester: { upn: "", name: "" }, today: "" },
    budgets: {
      ...{ maxTurns: able.length + 10, maxToolCalls: able.length * 3 + 10, maxRuntimeSeconds: 3_600 },
      ...{ maxTokens: 0, maxCostCents: 0, onCrossing: "ask" },
    },
    steps: able.map((one, i) => stepOf(ports, agent, one, i, { impact, replay })),
  };
}

function stepOf(
  ports: RunPorts,
  agent: RunAgent,
  one: Undoing,
  i: number,
  { impact, replay }: { impact: string; replay: boolean },
): WriteStep {
  const { action } = one;
  const { tool = "", args = {} } = action.compensation ?? {};
  const info = ports.connectors.tools().find((known) => known.name === tool);
  const changes = one.can === "be undone" ? one.would : [];
  return {
    ...{ id: `undo_${i + 1}`, kind: "write", after: i === 0 ? [] : [`undo_${i}`], tool, risk: "high", confirm: false },
    args: Object.fromEntries(Object.entries(args).map(([name, value]) => [name, quoted(value)])) as WriteStep["args"],
    undo: undoOf(info),
    texts: {
      summary: literal(`Take back: ${action.proposal.summary}`),
      target: literal(`Rollback of ${agent.name}`),
      changes,
      impact: literal(impact),
      undo: "What is taken back can be asked for anew.",
      otherwise: "What stands can be taken back by a person in the system.",
      done: literal(`${action.proposal.summary} was taken back.`),
    },
    ...{ inputs: [], editable: [], sources: [], retry: SAGA_RETRY },
    by: { agentId: action.agentId, agentVersion: action.agentVersion, clusterId: agent.actor.clusterId },
    undoes: { actionId: action.actionId, replay: replay && action.reversal === "event-sourced" },
  };
}

function undoOf(info: ToolInfo | undefined): WriteStep["undo"] {
  if (info?.reversal === "non-reversible") return { reversal: "non-reversible" };
  if (info?.reversal !== "compensable") return { reversal: "event-sourced" };
  // Taken back for good: nobody takes back what took something back.
  return { reversal: "compensable", tool: info.compensation ?? "", args: {} };
}
