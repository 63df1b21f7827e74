import { parseArgs } from "node:util";
import { SignalboxError } from "../errors.ts";
import { AgentRecord } from "../registry/agent-record.ts";
import { type Listed, listAgents } from "../registry/listing/store.ts";
import { type Command, count, say } from "./command.ts";
import { inTheRegistry } from "./desk.ts";
import { table } from "./table.ts";
import { withoutFile } from "./without-file.ts";

const { cluster_id: clusters, status: statuses } = AgentRecord.shape;

export const list: Command = {
  summary: "the agents of the running registry, one in a line",
  usage: `list [--cluster CLUSTER] [--status STATUS] [--owner UPN] [--manifest FOLDER] [--json]

Each agent with the version that serves it and the status that people gave it, whatever the files say by now. One whose file is
gone and that nobody has retired is marked "no file".

  --cluster   ${clusters.options.join(", ")}
  --status    ${statuses.options.join(", ")}
  --owner     an address, or what stands before its @
  --manifest  where the files are (manifest)
  --json      the same as a JSON list`,
  async run(args) {
    const { values } = parseArgs({
      args,
      options: {
        ...{ cluster: { type: "string" }, status: { type: "string" }, owner: { type: "string" } },
        json: { type: "boolean", default: false },
        manifest: { type: "string", default: "manifest" },
      },
    });
    const filter = {
      cluster: oneOf("--cluster", clusters.options, values.cluster),
      status: oneOf("--status", statuses.options, values.status),
      owner: values.owner,
    };
    return inTheRegistry(async ({ pool, config }) => {
      const agents = await listAgents(pool, config.tenantId, filter);
      const unfiled = withoutFile(agents, values.manifest);
      const noted = agents.map((one) => ({
        ...one,
        hasFile: unfiled === undefined ? null : !unfiled.has(one.agentId),
      }));
      say(values.json ? JSON.stringify(noted, null, 2) : tableOf(agents, unfiled));
      return 0;
    });
  },
};

/** @param unfiled ids of agents whose file is gone */
export function tableOf(agents: readonly Listed[], unfiled: ReadonlySet<string> = new Set()): string {
  const headings = ["Agent", "Cluster", "Status", "Capability", "Owner", "Version", "Next review", "Deprecation"];
  const rows = agents.map((one) => [
    ...[one.name, one.cluster, unfiled.has(one.agentId) ? `${one.status}, no file` : one.status, one.capability],
    ...[one.owner, String(one.version), one.nextReview, one.deprecationDate],
  ]);
  const lost = unfiled.size === 0 ? "" : ` Without a file: ${unfiled.size}. Retire them, or bring their files back.`;
  return `${table(headings, rows)}\n${count(agents.length, "agent")}.${lost}`;
}

/** @throws SignalboxError "filter-unknown" */
function oneOf(option: string, known: readonly string[], given: string | undefined): string | undefined {
  if (given === undefined || known.includes(given)) return given;
  throw new SignalboxError(
    "filter-unknown",
    `${option} is one of ${known.join(", ")}, and not "${given.slice(0, 60)}".`,
  );
}
