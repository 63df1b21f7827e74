import type { Action } from "../action/action.ts";
import { grant } from "../action/elevations/store.ts";
import { actionsUnder, loadActions, updateAction } from "../action/store.ts";
import type { Approval } from "../approval/approval.ts";
import { approvalsOfActions, consumeApproval, failToResume } from "../approval/store.ts";
import { digestOf, digestOfAll } from "../connector/digest.ts";
import type { Policies } from "../policy/cedar.ts";
import { judge } from "../policy/judge.ts";
import type { Calls } from "../policy/spending.ts";
import { type Tx, transaction } from "../store/pool.ts";
import { auditAction } from "./action-evidence.ts";
import { decide, startable } from "./decide.ts";
import { fallsShort } from "./decided-otherwise.ts";
import { agentOf, moveOn } from "./move-on.ts";
import type { DEFAULT_RETRY, PlanStep, ReadStep } from "./plan.ts";
import type { RunPorts, Which } from "./ports.ts";
import type { Hold, Run } from "./run.ts";
import { readForPolicy, writeForPolicy } from "./step-for-policy.ts";
import { proposalOf, scopeOf, stepOf } from "./step-proposal.ts";
import { apply, fleetPause, lockRun, saveRun } from "./store.ts";

export type Begun = { stepId: string; actionId: string | null; retry?: typeof DEFAULT_RETRY };

/** The longest that one try of a step may be under way: its right to write ends by itself, should nobody be left to end it. */
export const ELEVATION_SECONDS = 900;

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
    const [actions, approvals, hold] = await cleared(tx, ports, open.run, steps);
    const objections = hold === undefined ? await objectionsTo(tx, ports, open.run, steps, actions, approvals) : {};
    const calls = Object.fromEntries(steps.map((step) => [step.id, callsOf(step)]));
    const decided = decide(open.run, { type: "begin", superstep, hold, calls, objections });
    if ("refused" in decided) return [];
    apply(open, decided.events);
    for (const [stepId, why] of Object.entries(objections))
      await refuseToStart(tx, ports, open.run, actions.get(stepId), why);
    const begun = open.run.state.isActing ? actingSteps(open.run) : [];
    const { version: policyVersion } = await ports.policiesInForce(tx);
    const started = begun.flatMap(({ stepId }) => actions.get(stepId) ?? []);
    for (const action of started) {
      if (action.approvalId !== null) await consumeApproval(tx, tenantId, action.approvalId);
      await updateAction(tx, tenantId, action.actionId, { state: "started" });
      await auditAction(tx, ports, open.run, action, { kind: "action.started", policyVersion, superstep });
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
  const acting = Object.entries(run.state.steps).flatMap(([stepId, now]): Begun[] => {
    const retry = stepOf(run, stepId)?.retry;
    return now.is === "acting" ? [{ stepId, actionId: now.actionId, ...(retry !== undefined && { retry }) }] : [];
  });
  return acting.sort((a, b) => (a.stepId < b.stepId ? -1 : 1));
}

/** What a step may take: one call of its tool, or a turn for each word in a discussion. */
function callsOf(step: PlanStep): Calls {
  if (step.kind === "read" || step.kind === "write") return { toolCalls: 1, turns: 0 };
  return { toolCalls: 0, turns: step.kind === "discuss" ? step.rounds * step.participants.length : 1 };
}

type Cleared = [actions: Map<string, Action>, approvals: Map<string, Approval>, hold: Hold | undefined];

/** The writes that were cleared, by step; what cleared them, by id; and whether the kill switch holds them. */
async function cleared(tx: Tx, ports: RunPorts, run: Run, steps: readonly PlanStep[]): Promise<Cleared> {
  const ids = steps.flatMap(({ id }) => {
    const now = run.state.steps[id];
    return now?.is === "cleared" && now.actionId !== null ? [now.actionId] : [];
  });
  if (ids.length === 0) return [new Map(), new Map(), undefined];
  const [actions, approvals, hold] = await Promise.all([
    loadActions(tx, ports.tenantId, ids),
    approvalsOfActions(tx, ports.tenantId, ids),
    switchedOff(tx, ports),
  ]);
  const byStep = new Map(actions.map((action) => [action.stepId, action]));
  return [byStep, new Map(approvals.map((approval) => [approval.approvalId, approval])), hold];
}

async function switchedOff(tx: Tx, ports: RunPorts): Promise<Hold | undefined> {
  const pause = await fleetPause(tx, ports.tenantId);
  return pause === undefined
    ? undefined
    : { why: "kill-switch", by: pause.by, text: `All actions are stopped: ${pause.reason}` };
}

/** Why a step that was cleared must not start after all, by step. */
async function objectionsTo(
  tx: Tx,
  ports: RunPorts,
  run: Run,
  steps: readonly PlanStep[],
  actions: ReadonlyMap<string, Action>,
  approvals: ReadonlyMap<string, Approval>,
): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  // By the policies in force now: these may have changed since, and so may the person, the agent and the tool.
  const policies = await ports.policiesInForce(tx);
  for (const step of steps) {
    const action = actions.get(step.id);
    const why =
      step.kind === "read"
        ? await objectionToRead(ports, policies, run, step)
        : step.kind === "write" && action !== undefined
          ? await objection(tx, ports, policies, run, step, action, approvals.get(action.approvalId ?? ""))
          : undefined;
    if (why !== undefined) found[step.id] = why;
  }
  return found;
}

async function objectionToRead(
  ports: RunPorts,
  policies: Policies,
  run: Run,
  step: ReadStep,
): Promise<string | undefined> {
  const agent = await agentOf(ports, run, step);
  if (agent === undefined) return "The agent is gone.";
  const asked = readForPolicy(step, scopeOf(run), ports.connectors.tools(), "reserved");
  const verdict = judge(policies, ports.directory.byId(run.requesterId), agent.actor, asked);
  return fallsShort(undefined, verdict);
}

async function objection(
  tx: Tx,
  ports: RunPorts,
  policies: Policies,
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
  // What an agent did is taken back because it went wrong: that it may not act any more is no reason to let it stand.
  if (agent === undefined || !(agent.mayAct || step.undoes !== undefined))
    return "The agent is no longer allowed to act.";
  const tools = ports.connectors.tools();
  const proposal = proposalOf(step, scopeOf(run), tools);
  if ("wrong" in proposal) return proposal.wrong;
  const asked = writeForPolicy(step, { ...proposal, args: action.args }, tools, "reserved");
  return fallsShort(approval, judge(policies, ports.directory.byId(run.requesterId), agent.actor, asked));
}

/**
 * The digest of what an approval covers: one call, or all calls of a plan that was passed as a whole. A step that is begun
 * again is asked about by itself, in whatever plan it stands.
 */
async function digestUnder(tx: Tx, ports: RunPorts, run: Run, action: Action, approval: Approval): Promise<string> {
  if (run.plan.approval === "each" || approval.digest === action.digest) return action.digest;
  const covered = await actionsUnder(tx, ports.tenantId, approval.approvalId);
  const order = new Map(run.plan.steps.map(({ id }, i) => [id, i]));
  return digestOfAll(covered.sort((a, b) => (order.get(a.stepId) ?? 0) - (order.get(b.stepId) ?? 0)));
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
  await auditAction(tx, ports, run, action, { kind: "action.not-started", why });
}
