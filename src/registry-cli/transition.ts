import { parseArgs } from "node:util";
import { z } from "zod";
import { SignalboxError } from "../errors.ts";
import { AgentRecord } from "../registry/agent-record.ts";
import type { Status } from "../registry/lifecycle.ts";
import { transition as change } from "../registry/transition.ts";
import { transaction } from "../store/pool.ts";
import { type Command, say } from "./command.ts";
import { atTheDesk, type Desk, moverOf } from "./desk.ts";
import { findAgent } from "./find-agent.ts";

const statuses = AgentRecord.shape.status;
const Why = z.string().trim().min(3).max(300);

export const transition: Command = {
  summary: "put an agent into another status: active, degraded, suspended, deprecated",
  usage: `transition AGENT STATUS --why REASON --as UPN [--json]

Every process of the bot routes accordingly at once. A suspended agent serves nobody and can come back; a deprecated one is
retired for good. The platform team and security may do this, and the owner of an agent with that one; a draft becomes active
when its owner says so, and on nobody else's word.

  AGENT      its name, as "Invoice Agent", or its id
  STATUS     ${statuses.options.join(", ")}
  --why      is kept with the evidence
  --as UPN   who you are
  --json     what became of it, as one JSON object`,
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      options: { as: { type: "string" }, why: { type: "string" }, json: { type: "boolean", default: false } },
      allowPositionals: true,
    });
    const [agent = "", wanted = ""] = positionals;
    const to = statuses.safeParse(wanted);
    if (!to.success) throw unusable(`"${wanted}" is no status: it is one of ${statuses.options.join(", ")}.`);
    const why = reasonOf(values.why);
    return atTheDesk(values.as, async (desk) => {
      const { record } = await findAgent(desk, agent);
      const changed = await changeStatus(desk, record, to.data, why);
      if (changed.outcome === "refused") throw unusable(`${record.display_name}: ${changed.why}`);
      const { agent_id: agentId, display_name: name } = record;
      const { from } = changed;
      say(
        values.json ? JSON.stringify({ agentId, name, from, to: to.data }, null, 2) : `${name}: ${from} → ${to.data}.`,
      );
      return 0;
    });
  },
};

/** @throws SignalboxError "transition-refused" */
export function reasonOf(given: string | undefined): string {
  const why = Why.safeParse(given);
  if (!why.success) throw unusable("Say why, in 3 to 300 characters: --why.");
  return why.data;
}

/** @throws SignalboxError "operator-refused" */
export async function changeStatus(desk: Desk, agent: AgentRecord, to: Status, why: string) {
  const { pool, config, directory, person } = desk;
  const owner = directory.byUpn(agent.owner_upn);
  const hasOwner = owner?.kind === "person" && owner.enabled;
  const as = moverOf(desk, agent);
  const wish = { agentId: agent.agent_id, to, why, by: person.aadObjectId, as, hasOwner };
  return transaction(pool, (tx) => change(tx, config.tenantId, wish));
}

const unusable = (why: string): SignalboxError =>
  new SignalboxError("transition-refused", `${why} Nothing was changed.`);
