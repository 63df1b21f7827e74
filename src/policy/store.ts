import { appendAudit } from "../audit/store.ts";
import { takeTurns } from "../store/advisory-lock.ts";
import { type Pool, type Queryable, type Tx, transaction, write } from "../store/pool.ts";
import { type Policies, type PolicyTexts, parsePolicies } from "./cedar.ts";

/** Notified with the version whenever another one is put in force. */
export const POLICY_CHANNEL = "signalbox_policies";

/** A version of the policies, with when and by whom it was put in force. */
export type PutInForce = { version: string; by: string; at: Date };

/** @returns undefined where none was ever put in force */
export async function versionInForce(db: Queryable, tenantId: string): Promise<string | undefined> {
  const { rows } = await db.query<{ version: string }>({
    name: "policy-in-force",
    text: "select version from policy_in_force where tenant_id = $1 order by seq desc limit 1",
    values: [tenantId],
  });
  return rows[0]?.version;
}

/** The latest first. */
export async function historyOfPolicies(db: Queryable, tenantId: string, limit: number): Promise<PutInForce[]> {
  const { rows } = await db.query<PutInForce>(
    `select version, put_by as by, put_at as at from policy_in_force where tenant_id = $1 order by seq desc limit $2`,
    [tenantId, limit],
  );
  return rows;
}

/** @throws SignalboxError "policy-invalid" where a later release wrote what this one cannot read */
export async function loadKept(db: Queryable, tenantId: string, version: string): Promise<Policies | undefined> {
  const { rows } = await db.query<{ texts: PolicyTexts }>(
    "select texts from policy_version where tenant_id = $1 and version = $2",
    [tenantId, version],
  );
  return rows[0] === undefined ? undefined : parsePolicies(rows[0].texts);
}

/**
 * From the commit on these policies judge, in every process. Their texts are kept for good.
 * @returns false where they are in force already
 */
export async function putInForce(pool: Pool, tenantId: string, policies: Policies, by: string): Promise<boolean> {
  return transaction(pool, async (tx) => {
    await takeTurns(tx, `policies:${tenantId}`);
    return put(tx, tenantId, policies, by);
  });
}

/**
 * At a start: the policies of the files are put in force where nobody has kept them yet. Those that were in force before and
 * are no more stay out: an older process that starts late must not bring its rules back.
 */
export async function putNewInForce(pool: Pool, tenantId: string, filed: Policies): Promise<void> {
  await transaction(pool, async (tx) => {
    await takeTurns(tx, `policies:${tenantId}`);
    const { rows } = await tx.query("select 1 from policy_in_force where tenant_id = $1 and version = $2 limit 1", [
      tenantId,
      filed.version,
    ]);
    if (rows.length === 0) await put(tx, tenantId, filed, "signalbox");
  });
}

async function put(tx: Tx, tenantId: string, { version, texts }: Policies, by: string): Promise<boolean> {
  const before = await versionInForce(tx, tenantId);
  if (before === version) return false;
  await write(tx, {
    text: "insert into policy_version (tenant_id, version, texts) values ($1, $2, $3) on conflict do nothing",
    values: [tenantId, version, JSON.stringify(texts)],
  });
  await write(tx, {
    text: "insert into policy_in_force (tenant_id, version, put_by) values ($1, $2, $3)",
    values: [tenantId, version, by],
  });
  await appendAudit(tx, { tenantId, kind: "policy.in-force", actor: by, data: { version, before: before ?? null } });
  await write(tx, { text: "select pg_notify($1, $2)", values: [POLICY_CHANNEL, version] });
  return true;
}
