import { outlastOutage, step, type Workflow } from "../engine/engine.ts";
import { type Begun, beginSuperstep } from "./begin-superstep.ts";
import { endSuperstep } from "./end-superstep.ts";
import { giveUp, type Performed, performStep } from "./perform-step.ts";
import { DEFAULT_RETRY } from "./plan.ts";
import { type RunPorts, type Which, workflowNames } from "./ports.ts";

/**
 * One superstep of a run, as a durable workflow: check and consume, perform side by side, record. What was performed is kept by
 * the engine; the beginning and the end are transactions of ours that know whether they were done, so a kill -9 anywhere goes
 * on with what did not end. A system is given the same idempotency key every time: a step that is done twice is one effect.
 */
export function superstep(ports: () => RunPorts): Workflow {
  return {
    name: workflowNames.superstep,
    async run(runId = "", number = "") {
      const which = { runId, superstep: Number(number) };
      const begun = await outlastOutage(() => beginSuperstep(ports(), which));
      if (begun.length === 0) return;
      // Always in the same order: a replay must find each under its place.
      const performed = await Promise.all(begun.map((one) => perform(ports, which, one)));
      await outlastOutage(() => endSuperstep(ports(), which, Object.fromEntries(performed)));
    },
  };
}

async function perform(
  ports: () => RunPorts,
  which: Which,
  { stepId, actionId, retry = DEFAULT_RETRY }: Begun,
): Promise<[string, Performed]> {
  const { attempts: maxAttempts, intervalSeconds, backoffRate } = retry;
  const performed = await step(`perform ${stepId}`, () => performStep(ports(), which, { stepId, actionId }), {
    ...{ maxAttempts, intervalSeconds, backoffRate },
    otherwise: (why) => outlastOutage(() => giveUp(ports(), which, stepId, why)),
  });
  return [stepId, performed];
}
