import type { Queryable } from "../store/pool.ts";
import { type Policies, type PolicyTexts, parsePolicies } from "./cedar.ts";

/**
 * The policies of every version under which a run began: a run is judged by the ones that it began with, also after others
 * are in force. A version that nobody kept is judged by those in force.
 */
export async function keepPolicies(
  db: Queryable,
  tenantId: string,
  current: Policies,
): Promise<(version: string) => Promise<Policies>> {
  await db.query("insert into policy_version (tenant_id, version, texts) values ($1, $2, $3) on conflict do nothing", [
    tenantId,
    current.version,
    JSON.stringify(current.texts),
  ]);
  const known = new Map<string, Promise<Policies>>([[current.version, Promise.resolve(current)]]);
  const load = async (version: string): Promise<Policies> => {
    const { rows } = await db.query<{ texts: PolicyTexts }>(
      "select texts from policy_version where tenant_id = $1 and version = $2",
      [tenantId, version],
    );
    return rows[0] === undefined ? current : parsePolicies(rows[0].texts);
  };
  return (version) => {
    const before = known.get(version);
    if (before !== undefined) return before;
    const loading = load(version);
    known.set(version, loading);
    // An outage must not be remembered.
    loading.catch(() => known.delete(version));
    return loading;
  };
}
