import type { Action } from "../action/action.ts";
import { fillCompensation } from "../action/compensation.ts";
import { digestOf } from "../action/digest.ts";
import { endAttempt, lastAttempt, loadAction, lockAction, startAttempt, updateAction } from "../action/store.ts";
import type { Approval } from "../approval/approval.ts";
import { approvalOfRun, consumeApproval, failToResume } from "../approval/store.ts";
import { appendAudit } from "../audit/store.ts";
import { ConnectorError } from "../connector/client.ts";
import { step, type Workflow } from "../engine/engine.ts";
import { messageOf } from "../errors.ts";
import { type Tx, transaction } from "../store/pool.ts";
import { type RunPorts, workflowNames } from "./ports.ts";
import type { RunEvent } from "./run.ts";
import { appendRunEvents, loadRun } from "./store.ts";

/** How often an effect is tried when its system cannot be reached: about two minutes in all. */
const EFFECT_TRIES = { maxAttempts: 8, intervalSeconds: 1, backoffRate: 1.8 };

/**
 * One superstep of a run, as a durable workflow: check and consume, perform, record. Each step is a checkpoint; after a
 * kill -9 the workflow goes on with the step that did not end. The effect's system is given the same idempotency key every
 * time, so a step that is done twice is one effect.
 */
export function advanceRun(ports: () => RunPorts): Workflow {
  return {
    name: workflowNames.advance,
    async run(actionId = "") {
      const refused = await step("check-and-consume", () => checkAndConsume(ports(), actionId));
      if (refused) return;
      const ended = await step("perform", () => perform(ports(), actionId), EFFECT_TRIES).catch((error: unknown) =>
        step("give-up", () => giveUp(ports(), actionId, messageOf(error))),
      );
      await step("record", () => record(ports(), actionId, ended));
    },
  };
}

type Ended = { outcome: "done"; result: Record<string, unknown> } | { outcome: "failed" | "unknown"; why: string };

/** The last look before the effect. True when it must not start. */
async function checkAndConsume(ports: RunPorts, actionId: string): Promise<boolean> {
  const { tenantId } = ports;
  return transaction(ports.pool, async (tx) => {
    const action = await lockAction(tx, tenantId, actionId);
    if (action === undefined || (action.state !== "proposed" && action.state !== "started")) return true;
    const run = await loadRun(tx, tenantId, action.runId);
    const approval = await approvalOfRun(tx, tenantId, action.runId);
    const why = objection(ports, action, approval, run?.agentId ?? "");
    if (why !== undefined) {
      if (approval !== undefined) await failToResume(tx, tenantId, approval.approvalId, why);
      await updateAction(tx, tenantId, actionId, { state: "void", failure: why });
      await finish(tx, ports, action, { type: "action-failed", data: { actionId, why } }, "action.not-started");
      return true;
    }
    // A crash after this commit brings the workflow back to the next step, not to this one.
    if (action.state === "started") return false;
    if (approval !== undefined) await consumeApproval(tx, tenantId, approval.approvalId);
    await updateAction(tx, tenantId, actionId, { state: "started" });
    await appendRunEvents(tx, tenantId, action.runId, [{ type: "action-started", data: { actionId } }]);
    await audit(tx, ports, action, "action.started", { tool: action.tool, digest: action.digest });
    return false;
  });
}

function objection(
  ports: RunPorts,
  action: Action,
  approval: Approval | undefined,
  agentId: string,
): string | undefined {
  const digest = digestOf(action.tool, action.args);
  if (digest !== action.digest || (approval !== undefined && approval.digest !== digest))
    return "What was approved is not what would run: the inputs have changed.";
  if (approval !== undefined && approval.status !== "approved") return `The approval is ${approval.status}.`;
  if (!ports.mayAct(agentId)) return "The agent is no longer allowed to act.";
  return undefined;
}

/** Tries the effect once. An answer from its system, yes or no, ends it; no answer is tried again by the engine. */
async function perform(ports: RunPorts, actionId: string): Promise<Ended> {
  const { tenantId, pool } = ports;
  const action = await loadAction(pool, tenantId, actionId);
  if (action === undefined) return { outcome: "failed", why: "The action is gone." };
  const attempt = await startAttempt(pool, tenantId, actionId);
  try {
    const { tool, args, runId, idempotencyKey } = action;
    const result = await ports.connectors.call({ tool, args, runId, idempotencyKey });
    await endAttempt(pool, tenantId, actionId, attempt, "done");
    return { outcome: "done", result: result.data };
  } catch (error) {
    const outcome = error instanceof ConnectorError ? error.outcome : "unknown";
    await endAttempt(pool, tenantId, actionId, attempt, outcome, messageOf(error));
    if (error instanceof ConnectorError && outcome === "refused")
      return { outcome: "failed", why: error.told ?? error.message };
    throw error;
  }
}

/** All tries are used up: if any of them may have arrived, only a person can say what happened. */
async function giveUp(ports: RunPorts, actionId: string, why: string): Promise<Ended> {
  const last = await lastAttempt(ports.pool, ports.tenantId, actionId);
  const certain = last?.outcome === "not-done";
  ports.log.error({ actionId, why }, "an effect could not be carried out");
  return certain
    ? { outcome: "failed", why: "The system could not be reached. Nothing was changed." }
    : { outcome: "unknown", why: "The system did not answer. Nobody can say yet whether it happened." };
}

async function record(ports: RunPorts, actionId: string, ended: Ended): Promise<void> {
  const { tenantId } = ports;
  await transaction(ports.pool, async (tx) => {
    const action = await lockAction(tx, tenantId, actionId);
    if (action === undefined || action.state !== "started") return;
    if (ended.outcome === "done") {
      await updateAction(tx, tenantId, actionId, {
        state: "done",
        result: ended.result,
        compensation: fillCompensation(action.compensation, ended.result),
      });
      await finish(tx, ports, action, { type: "action-done", data: { actionId } }, "action.done", {
        result: ended.result,
      });
    } else {
      const { outcome, why } = ended;
      await updateAction(tx, tenantId, actionId, { state: outcome, failure: why });
      const type = outcome === "failed" ? "action-failed" : "action-unknown";
      await finish(tx, ports, action, { type, data: { actionId, why } }, `action.${outcome}`, { why });
    }
  });
}

async function finish(
  tx: Tx,
  ports: RunPorts,
  action: Action,
  event: RunEvent,
  kind: string,
  data: Record<string, unknown> = {},
): Promise<void> {
  await appendRunEvents(tx, ports.tenantId, action.runId, [event]);
  await audit(tx, ports, action, kind, { ...event.data, ...data, idempotencyKey: action.idempotencyKey });
  const approval = await approvalOfRun(tx, ports.tenantId, action.runId);
  if (approval !== undefined) await ports.announce(tx, { kind: "approval", id: approval.approvalId });
  await ports.announce(tx, { kind: "run", id: action.runId });
}

async function audit(
  tx: Tx,
  ports: RunPorts,
  action: Action,
  kind: string,
  data: Record<string, unknown>,
): Promise<void> {
  const run = await loadRun(tx, ports.tenantId, action.runId);
  await appendAudit(tx, {
    tenantId: ports.tenantId,
    kind,
    actor: run?.agentId ?? "signalbox",
    runId: action.runId,
    ...(run === undefined ? {} : { turnId: run.turnId }),
    data: { ...data, agentVersion: run?.agentVersion, onBehalfOf: run?.requesterId },
  });
}
