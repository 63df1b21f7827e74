import type { Queryable, Tx } from "../../store/pool.ts";

/** What an operator wants of a run, from the command line: any process carries it out. */
export const wishVerbs = ["pause", "resume", "cancel", "rerun", "raise", "wrap-up"] as const;
export type WishVerb = (typeof wishVerbs)[number];
export type OperatorWishRow = { verb: WishVerb; code: string; detail: string; operator: string };

export async function insertWish(tx: Tx, tenantId: string, wishId: string, wish: OperatorWishRow): Promise<void> {
  await tx.query(
    "insert into operator_wish (tenant_id, wish_id, verb, code, detail, operator) values ($1, $2, $3, $4, $5, $6)",
    [tenantId, wishId, wish.verb, wish.code, wish.detail, wish.operator],
  );
}

export async function openWish(db: Queryable, tenantId: string, wishId: string): Promise<OperatorWishRow | undefined> {
  const { rows } = await db.query<OperatorWishRow>(
    "select verb, code, detail, operator from operator_wish where tenant_id = $1 and wish_id = $2 and ended_at is null",
    [tenantId, wishId],
  );
  return rows[0];
}

export async function endWish(
  db: Queryable,
  tenantId: string,
  wishId: string,
  end: { outcome: string; told: string },
): Promise<void> {
  await db.query(
    "update operator_wish set outcome = $3, told = $4, ended_at = now() where tenant_id = $1 and wish_id = $2 and ended_at is null",
    [tenantId, wishId, end.outcome, end.told],
  );
}

/** What came of it; undefined while nobody has carried it out. */
export async function endOfWish(
  db: Queryable,
  tenantId: string,
  wishId: string,
): Promise<{ outcome: string; told: string } | undefined> {
  const { rows } = await db.query<{ outcome: string; told: string }>(
    "select outcome, told from operator_wish where tenant_id = $1 and wish_id = $2 and ended_at is not null",
    [tenantId, wishId],
  );
  return rows[0];
}
