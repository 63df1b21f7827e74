import { parseArgs } from "node:util";
import type { AgentRecord } from "../registry/agent-record.ts";
import { activeVersions } from "../registry/versions/store.ts";
import { openRunsOf } from "../run/store.ts";
import { type Command, count, say } from "./command.ts";
import { atTheDesk, type ReadingRoom } from "./desk.ts";
import { findAgent } from "./find-agent.ts";
import { changeStatus, reasonOf } from "./transition.ts";

export const retire: Command = {
  summary: "take an agent out of service for good, and tell what stops",
  usage: `retire AGENT --why REASON --as UPN [--json]

It is deprecated at once and asks nothing further: every process of the bot stops to route to it, and it never comes back. The
platform team and security may do this, and the owner of the agent. Refused (1) where it is retired already.

  AGENT      its name, as "Invoice Agent", or its id
  --why      is kept with the evidence
  --as UPN   who you are
  --json     what stops, as one JSON object`,
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      options: { as: { type: "string" }, why: { type: "string" }, json: { type: "boolean", default: false } },
      allowPositionals: true,
    });
    const why = reasonOf(values.why);
    return atTheDesk(values.as, async (desk) => {
      const { record } = await findAgent(desk, positionals.join(" "));
      const retired = await changeStatus(desk, record, "deprecated", why);
      if (retired.outcome === "refused") {
        process.stderr.write(`${record.display_name}: ${retired.why} Nothing was changed.\n`);
        return 1;
      }
      const stops = await whatStops(desk, record);
      const { from } = retired;
      if (values.json) say(JSON.stringify({ ...stops, from, to: "deprecated" }, null, 2));
      else say([`${stops.name}: ${from} → deprecated.`, ...inWords(stops).map((line) => `  ${line}`)].join("\n"));
      return 0;
    });
  },
};

type Stops = {
  agentId: string;
  name: string;
  intents: string[];
  servicePrincipal: string;
  /** names of agents that hand over to it */
  reliedOnBy: string[];
  /** codes */
  openRuns: string[];
};

async function whatStops({ pool, config: { tenantId } }: ReadingRoom, record: AgentRecord): Promise<Stops> {
  const { agent_id: agentId, display_name: name, service_principal_id: servicePrincipal } = record;
  const relying = (await activeVersions(pool, tenantId)).filter((other) =>
    other.record.intent_patterns.some(({ escalation_agent_id }) => escalation_agent_id === agentId),
  );
  return {
    ...{ agentId, name, servicePrincipal, intents: record.intent_patterns.map(({ intent_label }) => intent_label) },
    reliedOnBy: relying.map((other) => other.record.display_name),
    openRuns: await openRunsOf(pool, tenantId, agentId),
  };
}

function inWords({ intents, servicePrincipal, reliedOnBy, openRuns }: Stops): string[] {
  const are = openRuns.length === 1 ? "is" : "are";
  return [
    `Nobody is routed to ${count(intents.length, "intent")} any more: ${intents.join(", ")}.`,
    `Its service principal ${servicePrincipal} is needed no longer: disable it in Entra.`,
    ...reliedOnBy.map((other) => `${other} hands over to it: name another agent in its record.`),
    ...(openRuns.length === 0
      ? []
      : [
          `${count(openRuns.length, "run")} that it began ${are} not over: ${openRuns.join(", ")}.`,
          "What is approved in them does not start any more: end them with npm run -s ops -- cancel CODE.",
        ]),
    "Delete its file, or say in it that its status is deprecated. Its id and its identity are never used again.",
  ];
}
