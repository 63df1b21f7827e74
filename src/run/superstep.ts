import { step, type Workflow } from "../engine/engine.ts";
import { messageOf } from "../errors.ts";
import { type Begun, beginSuperstep } from "./begin-superstep.ts";
import { endSuperstep } from "./end-superstep.ts";
import { giveUp, type Performed, performStep } from "./perform-step.ts";
import { DEFAULT_RETRY } from "./plan.ts";
import { type RunPorts, workflowNames } from "./ports.ts";

/**
 * One superstep of a run, as a durable workflow: check and consume, perform side by side, record. Each of its steps is kept;
 * after a kill -9 the workflow goes on with what did not end. A system is given the same idempotency key every time, so a
 * step that is done twice is one effect.
 */
export function superstep(ports: () => RunPorts): Workflow {
  return {
    name: workflowNames.superstep,
    async run(runId = "", number = "") {
      const which = { runId, superstep: Number(number) };
      const begun = await step("begin", () => beginSuperstep(ports(), which));
      if (begun.length === 0) return;
      // Named in the order of the plan: a replay must find each under its place.
      const performed = await Promise.all(begun.map((one) => perform(ports, which, one)));
      await step("end", () => endSuperstep(ports(), which, Object.fromEntries(performed)));
    },
  };
}

export type Which = { runId: string; superstep: number };

async function perform(
  ports: () => RunPorts,
  which: Which,
  { stepId, retry = DEFAULT_RETRY }: Begun,
): Promise<[string, Performed]> {
  const { attempts: maxAttempts, intervalSeconds, backoffRate } = retry;
  const options = { maxAttempts, intervalSeconds, backoffRate };
  try {
    return [stepId, await step(`perform ${stepId}`, () => performStep(ports(), which, stepId), options)];
  } catch (error) {
    const why = messageOf(error);
    return [stepId, await step(`give up ${stepId}`, () => giveUp(ports(), which, stepId, why))];
  }
}
