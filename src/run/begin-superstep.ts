import type { Action } from "../action/action.ts";
import { grant } from "../action/elevations/store.ts";
import { actionsUnder, loadActions, updateAction } from "../action/store.ts";
import type { Approval } from "../approval/approval.ts";
import { consumeApproval, failToResume, loadApproval } from "../approval/store.ts";
import { appendAudit } from "../audit/store.ts";
import { digestOf, digestOfAll } from "../connector/digest.ts";
import { judge } from "../policy/judge.ts";
import { type Tx, transaction } from "../store/pool.ts";
import { type Calls, decide, startable } from "./decide.ts";
import { agentOf, moveOn } from "./move-on.ts";
import type { DEFAULT_RETRY, PlanStep } from "./plan.ts";
import type { RunPorts } from "./ports.ts";
import type { Hold, Run } from "./run.ts";
import { stepForPolicy, stepOf } from "./step-proposal.ts";
import { apply, fleetPause, lockRun, saveRun } from "./store.ts";
import type { Which } from "./superstep.ts";

export type Begun = { stepId: string; retry?: typeof DEFAULT_RETRY };

/** The longest that a step may be under way: its right to write ends by itself, should nobody be left to end it. */
const ELEVATION_SECONDS = 900;

/** The last look before the effects. @returns the steps that begin; none where a person, a switch or a budget holds them */
export async function beginSuperstep(ports: RunPorts, { runId, superstep }: Which): Promise<Begun[]> {
  const { tenantId } = ports;
  return transaction(ports.pool, async (tx) => {
    const open = await lockRun(tx, tenantId, runId);
    if (open === undefined) return [];
    const { state } = open.run;
    // A crash after this commit brings the workflow back to the next step, not to this one; unless the answer was lost.
    if (state.isActing && state.superstep === superstep) return actingSteps(open.run);
    const steps = startable(open.run);
    const actions = await actionsOf(tx, ports, open.run, steps);
    const hold = actions.size === 0 ? undefined : await switchedOff(tx, ports);
    const objections = hold === undefined ? await objectionsTo(tx, ports, open.run, steps, actions) : {};
    const calls = Object.fromEntries(steps.map((step) => [step.id, callsOf(step)]));
    const decided = decide(open.run, { type: "begin", superstep, hold, calls, objections });
    if ("refused" in decided) return [];
    apply(open, decided.events);
    for (const [stepId, why] of Object.entries(objections))
      await refuseToStart(tx, ports, open.run, actions.get(stepId), why);
    const begun = open.run.state.isActing ? actingSteps(open.run) : [];
    const started = begun.flatMap(({ stepId }) => actions.get(stepId) ?? []);
    for (const action of started) {
      if (action.approvalId !== null) await consumeApproval(tx, tenantId, action.approvalId);
      await updateAction(tx, tenantId, action.actionId, { state: "started" });
      await audit(tx, ports, open.run, action, "action.started", { superstep });
    }
    await grant(tx, tenantId, started, ELEVATION_SECONDS);
    if (begun.length === 0) await moveOn(tx, ports, open);
    await saveRun(tx, tenantId, open);
    // People hear of what stands still; of what goes on they hear at its end.
    if (begun.length === 0) await ports.announce(tx, { kind: "run", id: runId });
    return begun;
  });
}

function actingSteps(run: Run): Begun[] {
  return Object.entries(run.state.steps).flatMap(([stepId, { is }]) => {
    const retry = stepOf(run, stepId)?.retry;
    return is === "acting" ? [{ stepId, ...(retry !== undefined && { retry }) }] : [];
  });
}

/** What a step may take: one call of its tool, or a turn for each word in a discussion. */
function callsOf(step: PlanStep): Calls {
  if (step.kind === "read" || step.kind === "write") return { toolCalls: 1, turns: 0 };
  return { toolCalls: 0, turns: step.kind === "discuss" ? step.rounds * step.participants.length : 1 };
}

async function actionsOf(tx: Tx, ports: RunPorts, run: Run, steps: readonly PlanStep[]): Promise<Map<string, Action>> {
  const ids = steps.flatMap(({ id }) => {
    const now = run.state.steps[id];
    return now?.is === "cleared" && now.actionId !== null ? [now.actionId] : [];
  });
  const actions = ids.length === 0 ? [] : await loadActions(tx, ports.tenantId, ids);
  return new Map(actions.map((action) => [action.stepId, action]));
}

async function switchedOff(tx: Tx, ports: RunPorts): Promise<Hold | undefined> {
  const pause = await fleetPause(tx, ports.tenantId);
  return pause === undefined
    ? undefined
    : { why: "kill-switch", by: pause.by, text: `All actions are stopped: ${pause.reason}` };
}

/** Why a write that was cleared must not start after all, by step. */
async function objectionsTo(
  tx: Tx,
  ports: RunPorts,
  run: Run,
  steps: readonly PlanStep[],
  actions: ReadonlyMap<string, Action>,
): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const approvals = new Map<string, Approval | undefined>();
  for (const step of steps) {
    const action = actions.get(step.id);
    if (step.kind !== "write" || action === undefined) continue;
    const id = action.approvalId;
    if (id !== null && !approvals.has(id)) approvals.set(id, await loadApproval(tx, ports.tenantId, id));
    const why = await objection(tx, ports, run, step, action, id === null ? undefined : approvals.get(id));
    if (why !== undefined) found[step.id] = why;
  }
  return found;
}

async function objection(
  tx: Tx,
  ports: RunPorts,
  run: Run,
  step: Extract<PlanStep, { kind: "write" }>,
  action: Action,
  approval: Approval | undefined,
): Promise<string | undefined> {
  const changed = "What was approved is not what would run: the inputs have changed.";
  if (digestOf(action.tool, action.args) !== action.digest) return changed;
  if (action.approvalId !== null) {
    if (approval?.status !== "approved") return `The approval is ${approval?.status ?? "gone"}.`;
    if (approval.digest !== (await digestUnder(tx, ports, run, action, approval))) return changed;
  }
  const agent = await agentOf(ports, run, step);
  if (agent?.mayAct !== true) return "The agent is no longer allowed to act.";
  // Judged again by the rules under which it began: the person, the agent and the tool may have changed since.
  const policies = await ports.policiesAt(run.policyVersion);
  const asked = stepForPolicy(step, ports.connectors.tools(), approval?.amount ?? undefined);
  const verdict = judge(policies, ports.directory.byId(run.requesterId), agent.actor, asked);
  if (verdict.verdict === "deny") return `Policy no longer allows it: ${verdict.reason}`;
  if (verdict.verdict === "ask" && action.approvalId === null) return `Policy now asks people first: ${verdict.reason}`;
  return undefined;
}

/** The digest of what an approval covers: one call, or all calls of a plan that was passed as a whole. */
async function digestUnder(tx: Tx, ports: RunPorts, run: Run, action: Action, approval: Approval): Promise<string> {
  if (run.plan.approval === "each") return action.digest;
  const covered = await actionsUnder(tx, ports.tenantId, approval.approvalId);
  const order = new Map(run.plan.steps.map(({ id }, i) => [id, i]));
  const known = covered.sort((a, b) => (order.get(a.stepId) ?? 0) - (order.get(b.stepId) ?? 0));
  return known.length === run.plan.steps.length ? digestOfAll(known) : "";
}

async function refuseToStart(
  tx: Tx,
  ports: RunPorts,
  run: Run,
  action: Action | undefined,
  why: string,
): Promise<void> {
  if (action === undefined) return;
  if (action.approvalId !== null) await failToResume(tx, ports.tenantId, action.approvalId, why);
  await updateAction(tx, ports.tenantId, action.actionId, { state: "void", failure: why });
  await audit(tx, ports, run, action, "action.not-started", { why });
}

async function audit(
  tx: Tx,
  ports: RunPorts,
  run: Run,
  action: Action,
  kind: string,
  data: Record<string, unknown>,
): Promise<void> {
  const { tool, digest, actionId, idempotencyKey, approvalId, agentId, agentVersion } = action;
  await appendAudit(tx, {
    tenantId: ports.tenantId,
    kind,
    actor: agentId,
    runId: run.runId,
    turnId: run.turnId,
    data: { actionId, tool, digest, idempotencyKey, approvalId, agentVersion, onBehalfOf: run.requesterId, ...data },
  });
}
