import { step, type Workflow } from "../engine/engine.ts";
import { type OperatorWish, operateRun } from "./operate.ts";
import { type RunPorts, workflowNames } from "./ports.ts";
import { statusOf } from "./run.ts";
import { runByCode } from "./store.ts";
import { endWish, openWish, type WishVerb } from "./wishes/store.ts";

/** Carries out what an operator asked for at the command line, under the same rules as in chat. */
export function carryOutWish(ports: () => RunPorts): Workflow {
  return { name: workflowNames.operatorWish, run: (wishId = "") => step("carry out", () => carryOut(ports(), wishId)) };
}

async function carryOut(ports: RunPorts, wishId: string): Promise<void> {
  const { pool, tenantId } = ports;
  const row = await openWish(pool, tenantId, wishId);
  if (row === undefined) return;
  const run = await runByCode(pool, tenantId, row.code);
  if (run === undefined)
    return endWish(pool, tenantId, wishId, { outcome: "unknown-run", told: `There is no run ${row.code}.` });
  const operator = { person: ports.directory.byId(row.operator), id: row.operator };
  const operated = await operateRun(ports, operator, run.runId, wishOf(row.verb, row.detail));
  const told =
    operated.outcome === "done"
      ? `${row.code} is ${statusOf(operated.run.state)}.`
      : operated.outcome === "unknown-run"
        ? `There is no run ${row.code}.`
        : `${operated.why} Nothing was changed.`;
  await endWish(pool, tenantId, wishId, { outcome: operated.outcome, told });
}

function wishOf(verb: WishVerb, detail: string): Parameters<typeof operateRun>[3] {
  const why = detail === "" ? "An operator said so." : detail;
  const wishes: Record<WishVerb, Parameters<typeof operateRun>[3]> = {
    pause: { type: "pause", why },
    resume: { type: "resume" },
    cancel: { type: "cancel", why },
    rerun: { type: "rerun", from: detail },
    raise: { type: "raise" },
    "wrap-up": { type: "wrap-up" },
  };
  return wishes[verb] satisfies Omit<OperatorWish, "by">;
}
