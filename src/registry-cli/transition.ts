import { parseArgs } from "node:util";
import { z } from "zod";
import { SignalboxError } from "../errors.ts";
import { AgentRecord } from "../registry/agent-record.ts";
import { nearNames } from "../registry/near-names.ts";
import { transition as change } from "../registry/transition.ts";
import { activeVersions } from "../registry/versions/store.ts";
import { transaction } from "../store/pool.ts";
import { type Command, say } from "./command.ts";
import { atTheDesk } from "./desk.ts";

const Status = AgentRecord.shape.status;

export const transition: Command = {
  summary: "put an agent into another status: active, degraded, suspended, deprecated",
  usage: `transition AGENT STATUS --why REASON --as UPN

Every process of the bot routes accordingly at once. A suspended agent serves nobody and can come back; a deprecated one is
retired for good.

  AGENT      its name, as "Invoice Agent", or its id
  STATUS     ${Status.options.join(", ")}
  --why      is kept with the evidence
  --as UPN   who you are`,
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      options: { as: { type: "string" }, why: { type: "string" } },
      allowPositionals: true,
    });
    const [name = "", wanted = ""] = positionals;
    const to = Status.safeParse(wanted);
    const why = z.string().trim().min(3).max(300).safeParse(values.why);
    if (!to.success) throw unusable(`"${wanted}" is no status: it is one of ${Status.options.join(", ")}.`);
    if (!why.success) throw unusable("Say why, in 3 to 300 characters: --why.");
    return atTheDesk(values.as, async ({ pool, config, directory, operator }) => {
      const agents = (await activeVersions(pool, config.tenantId)).map(({ record }) => record);
      const agent = agents.find(
        (one) => one.agent_id === name || one.display_name.toLowerCase() === name.toLowerCase(),
      );
      if (agent === undefined) {
        const near = nearNames(
          name,
          agents.map(({ display_name }) => display_name),
        );
        throw unusable(`There is no agent "${name.slice(0, 60)}". Near it: ${near.join(", ") || "none"}.`);
      }
      const owner = directory.byUpn(agent.owner_upn);
      const hasOwner = owner?.kind === "person" && owner.enabled;
      const as = owner?.aadObjectId === operator ? "owner" : "operator";
      const wish = { agentId: agent.agent_id, to: to.data, why: why.data, by: operator, as, hasOwner } as const;
      const changed = await transaction(pool, (tx) => change(tx, config.tenantId, wish));
      if (changed.outcome === "refused") throw unusable(`${agent.display_name}: ${changed.why}`);
      say(`${agent.display_name}: ${changed.from} → ${to.data}.`);
      return 0;
    });
  },
};

const unusable = (why: string): SignalboxError =>
  new SignalboxError("transition-refused", `${why} Nothing was changed.`);
