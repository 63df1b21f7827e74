import { type Grounding, ORGANISATION } from "../agent/from-memory.ts";
import { type ReadTool, refreshOrganisation, type Shelf } from "../memory/organisation/refresh.ts";
import { type RecallPorts, recallOrganisation } from "../memory/recall.ts";
import type { Pool } from "../store/pool.ts";

/**
 * What each coordinator knows of its cluster and hands to its agents (R3.1), from organisational memory: the account hierarchy,
 * the chart of accounts, the service catalogue, the policy catalogue and the organisation chart.
 */
const knowledge: Readonly<Record<string, readonly (Shelf & { name: string })[]>> = {
  sales: [{ name: "accounts", collection: "account-hierarchy", tool: "crm.list_groups", rows: "customers" }],
  finance: [{ name: "accounts", collection: "chart-of-accounts", tool: "erp.list_accounts", rows: "accounts" }],
  "it-security": [{ name: "services", collection: "services", tool: "itsm.list_services", rows: "services" }],
  "hr-legal": [
    { name: "policies", collection: "policies", tool: "hris.list_policies", rows: "policies" },
    { name: "people", collection: "organisation-chart", tool: "hris.list_employees", rows: "employees" },
  ],
};

/** Everything that organisational memory holds. */
export const shelves: readonly Shelf[] = Object.values(knowledge).flat();

const FRESH_MS = 10 * 60_000;

export type ClusterContexts = { of(clusterId: string): Grounding };
type Ports = RecallPorts & { pool: Pool; read: ReadTool };

/**
 * Opens organisational memory: what was never read is read now, the rest is what the last night left. What others refresh is
 * seen when ours is older than ten minutes and somebody asks: nobody waits for that.
 */
export async function readContexts(ports: Ports, onTrouble: (error: unknown) => void): Promise<ClusterContexts> {
  let known = await recalled(ports);
  const missing = shelves.filter(({ collection }) => !known.has(collection));
  if (missing.length > 0) {
    await refreshOrganisation(ports, missing);
    known = await recalled(ports);
  }
  let at = performance.now();
  return {
    of(clusterId) {
      if (performance.now() - at > FRESH_MS) {
        at = performance.now();
        recalled(ports).then((fresh) => {
          known = fresh;
        }, onTrouble);
      }
      return groundingOf(clusterId, known);
    },
  };
}

type Known = ReadonlyMap<string, Awaited<ReturnType<typeof recallOrganisation>>[number]>;

async function recalled(ports: RecallPorts): Promise<Known> {
  return new Map((await recallOrganisation(ports)).map((one) => [one.collection, one]));
}

function groundingOf(clusterId: string, known: Known): Grounding {
  const grounding: Grounding = { known: {}, sources: [] };
  for (const { name, collection } of knowledge[clusterId] ?? []) {
    const found = known.get(collection);
    if (found === undefined) continue;
    grounding.known[name] = found.rows;
    const [system = ""] = found.tool.split(".");
    grounding.sources.push({ system: `${ORGANISATION}${system}`, tool: found.tool, at: found.readAt.toISOString() });
  }
  return grounding;
}
