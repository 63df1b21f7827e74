import { loadAction, updateAction } from "../action/store.ts";
import { step, type Workflow } from "../engine/engine.ts";
import { beginSuperstep } from "./begin-superstep.ts";
import { endSuperstep } from "./end-superstep.ts";
import { giveUp, type Performed, performStep } from "./perform-step.ts";
import { type RunPorts, workflowNames } from "./ports.ts";

/** What the step "perform" of these workflows gave, where it had ended before the change. */
type Ended = { outcome: "done"; result: Record<string, unknown> } | { outcome: "failed" | "unknown"; why: string };

const RETRY = { maxAttempts: 8, intervalSeconds: 1, backoffRate: 1.8 };

/**
 * Work that was begun before plans were graphs: one action, in steps of these names. What was under way at the time of the
 * change is finished here; nothing new is begun this way.
 */
export function advanceRun(ports: () => RunPorts): Workflow {
  return {
    name: workflowNames.advance,
    async run(actionId = "") {
      const mustNotStart = await step("check-and-consume", async () => {
        const action = await loadAction(ports().pool, ports().tenantId, actionId);
        return (
          action === undefined || (await beginSuperstep(ports(), { runId: action.runId, superstep: 1 })).length === 0
        );
      });
      if (mustNotStart) return;
      const performed = await step("perform", () => perform(ports(), actionId), {
        ...RETRY,
        otherwise: (why) => step("give-up", () => resign(ports(), actionId, why)),
      });
      await step("record", () => record(ports(), actionId, performed));
    },
  };
}

async function perform(ports: RunPorts, actionId: string): Promise<Performed | Ended> {
  const action = await loadAction(ports.pool, ports.tenantId, actionId);
  if (action === undefined) return { is: "failed", why: "The action is gone." };
  return performStep(ports, { runId: action.runId, superstep: 1 }, action);
}

async function resign(ports: RunPorts, actionId: string, why: string): Promise<Performed | Ended> {
  const action = await loadAction(ports.pool, ports.tenantId, actionId);
  return action === undefined
    ? { is: "failed", why }
    : giveUp(ports, { runId: action.runId, superstep: 1 }, action.stepId, why);
}

async function record(ports: RunPorts, actionId: string, performed: Performed | Ended): Promise<void> {
  const { pool, tenantId } = ports;
  const action = await loadAction(pool, tenantId, actionId);
  if (action === undefined) return;
  if ("outcome" in performed && performed.outcome === "done" && action.result === null)
    await updateAction(pool, tenantId, actionId, { state: action.state, result: performed.result });
  const now: Performed = !("outcome" in performed)
    ? performed
    : performed.outcome === "done"
      ? { is: "done" }
      : { is: performed.outcome, why: performed.why };
  await endSuperstep(ports, { runId: action.runId, superstep: 1 }, { [action.stepId]: now });
}
