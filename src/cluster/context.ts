import type { OwnReads } from "../policy/own-reads.ts";

/** What a coordinator knows of its cluster and hands to its agents (R3.1): lists that hardly ever change, by name. */
export type ClusterContext = Readonly<Record<string, readonly Record<string, unknown>[]>>;

/** Where each coordinator's knowledge comes from: the account hierarchy, the chart of accounts, the service and policy catalogues. */
const knowledge: Readonly<Record<string, { name: string; tool: string; rows: string }>> = {
  sales: { name: "accounts", tool: "crm.list_groups", rows: "customers" },
  finance: { name: "accounts", tool: "erp.list_accounts", rows: "accounts" },
  "it-security": { name: "services", tool: "itsm.list_services", rows: "services" },
  "hr-legal": { name: "policies", tool: "hris.list_policies", rows: "policies" },
};

const FRESH_MS = 10 * 60_000;

export type ClusterContexts = { of(clusterId: string): ClusterContext };

/**
 * Reads what all coordinators know, and again whenever it is older than ten minutes and somebody asks: nobody waits for that,
 * and where a system is away what was read before stays.
 */
export async function readContexts(ownRead: OwnReads, onTrouble: (error: unknown) => void): Promise<ClusterContexts> {
  const contexts = new Map<string, { context: ClusterContext; at: number }>();
  const read = async (clusterId: string): Promise<void> => {
    const wanted = knowledge[clusterId];
    if (wanted === undefined) return;
    const data = await ownRead(wanted.tool);
    const rows = data[wanted.rows] as Record<string, unknown>[];
    contexts.set(clusterId, { context: { [wanted.name]: rows }, at: performance.now() });
  };
  await Promise.all(Object.keys(knowledge).map(read));
  return {
    of(clusterId) {
      const known = contexts.get(clusterId);
      if (known === undefined) return {};
      if (performance.now() - known.at > FRESH_MS) {
        known.at = performance.now();
        read(clusterId).catch(onTrouble);
      }
      return known.context;
    },
  };
}
