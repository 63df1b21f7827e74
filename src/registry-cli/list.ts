import { parseArgs } from "node:util";
import { SignalboxError } from "../errors.ts";
import { AgentRecord } from "../registry/agent-record.ts";
import { type Listed, listAgents } from "../registry/listing/store.ts";
import { type Command, count, say } from "./command.ts";
import { inTheRegistry } from "./desk.ts";
import { table } from "./table.ts";

const { cluster_id: clusters, status: statuses } = AgentRecord.shape;

export const list: Command = {
  summary: "the agents of the running registry, one in a line",
  usage: `list [--cluster CLUSTER] [--status STATUS] [--owner UPN] [--json]

Each agent with the version that serves it and the status that people gave it, whatever the files say by now.

  --cluster   ${clusters.options.join(", ")}
  --status    ${statuses.options.join(", ")}
  --owner     an address, or what stands before its @
  --json      the same as a JSON list`,
  async run(args) {
    const { values } = parseArgs({
      args,
      options: {
        ...{ cluster: { type: "string" }, status: { type: "string" }, owner: { type: "string" } },
        json: { type: "boolean", default: false },
      },
    });
    const filter = {
      cluster: oneOf("--cluster", clusters.options, values.cluster),
      status: oneOf("--status", statuses.options, values.status),
      owner: values.owner,
    };
    return inTheRegistry(async ({ pool, config }) => {
      const agents = await listAgents(pool, config.tenantId, filter);
      say(values.json ? JSON.stringify(agents, null, 2) : tableOf(agents));
      return 0;
    });
  },
};

export function tableOf(agents: readonly Listed[]): string {
  const headings = ["Agent", "Cluster", "Status", "Capability", "Owner", "Version", "Next review", "Deprecation"];
  const rows = agents.map((one) => [
    ...[one.name, one.cluster, one.status, one.capability, one.owner],
    ...[String(one.version), one.nextReview, one.deprecationDate],
  ]);
  return `${table(headings, rows)}\n${count(agents.length, "agent")}.`;
}

/** @throws SignalboxError "filter-unknown" */
function oneOf(option: string, known: readonly string[], given: string | undefined): string | undefined {
  if (given === undefined || known.includes(given)) return given;
  throw new SignalboxError(
    "filter-unknown",
    `${option} is one of ${known.join(", ")}, and not "${given.slice(0, 60)}".`,
  );
}
