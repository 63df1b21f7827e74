import type { Pool, Queryable } from "../store/pool.ts";
import type { Policies } from "./cedar.ts";
import { loadKept, putNewInForce, versionInForce } from "./store.ts";

/** The policies in force, as this process knows them and as the database has them. */
export type InForce = {
  /** always the latest that this process has heard of: it may be kept and asked for ever */
  policies: Policies;
  /** those that are in force in this transaction, whatever this process has heard of: what decides for good asks these */
  at(db: Queryable): Promise<Policies>;
  /** @returns whether others are in force than before */
  follow(): Promise<boolean>;
};

/** @param filed the policies of the files: they are put in force where nobody has kept them yet */
export async function openPolicies(pool: Pool, tenantId: string, filed: Policies): Promise<InForce> {
  await putNewInForce(pool, tenantId, filed);
  const known = new Map<string, Policies>([[filed.version, filed]]);
  const at = async (db: Queryable): Promise<Policies> => {
    const version = (await versionInForce(db, tenantId)) ?? filed.version;
    const before = known.get(version);
    if (before !== undefined) return before;
    const kept = (await loadKept(db, tenantId, version)) ?? filed;
    known.set(version, kept);
    return kept;
  };
  let current = await at(pool);
  return {
    policies: {
      get version() {
        return current.version;
      },
      get texts() {
        return current.texts;
      },
      get rules() {
        return current.rules;
      },
      ask: (request) => current.ask(request),
    },
    at,
    async follow() {
      const before = current.version;
      current = await at(pool);
      return current.version !== before;
    },
  };
}
