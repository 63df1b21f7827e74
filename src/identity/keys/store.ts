import type { JWK } from "jose";
import type { Queryable } from "../../store/pool.ts";

/** A key is replaced when it has signed this long; what a dead process signed with is listed no longer than a little more. */
const SIGNS_FOR = "24 hours";
const LISTED_FOR = "25 hours";
/** The life of a token, and the skew that verifiers forgive. */
const OVERLAP = "11 minutes";

/** The first key signs from now on, the others of this process have stopped to. */
export async function publishKeys(
  db: Queryable,
  tenantId: string,
  worker: string,
  keys: readonly JWK[],
): Promise<void> {
  const [newest] = keys;
  await db.query("delete from signing_key where tenant_id = $1 and until < now()", [tenantId]);
  await db.query(
    `update signing_key set retired_at = now(), until = now() + $4::interval
      where tenant_id = $1 and worker = $2 and kid <> $3 and retired_at is null`,
    [tenantId, worker, newest?.kid, OVERLAP],
  );
  await db.query(
    `insert into signing_key (tenant_id, kid, public_jwk, worker, until)
     values ($1, $2, $3, $4, now() + $5::interval) on conflict do nothing`,
    [tenantId, newest?.kid, JSON.stringify(newest), worker, LISTED_FOR],
  );
}

/** The public keys of all processes, as far as anything that they signed can be in force. */
export async function listedKeys(db: Queryable, tenantId: string): Promise<JWK[]> {
  const { rows } = await db.query<{ public_jwk: JWK }>(
    "select public_jwk from signing_key where tenant_id = $1 and until > now() order by made_at desc",
    [tenantId],
  );
  return rows.map(({ public_jwk }) => public_jwk);
}

/** What is to be done about a key that signs: nothing, list it (it is not), or replace it (it is old, or somebody asked). */
export async function stateOfKey(db: Queryable, tenantId: string, kid: string): Promise<"good" | "unlisted" | "due"> {
  const { rows } = await db.query<{ is_due: boolean }>(
    `select made_at < now() - $3::interval or coalesce(made_at < asked_at, false) as is_due
       from signing_key left join signing_key_rotation using (tenant_id)
      where tenant_id = $1 and kid = $2 and retired_at is null`,
    [tenantId, kid, SIGNS_FOR],
  );
  const [row] = rows;
  return row === undefined ? "unlisted" : row.is_due ? "due" : "good";
}

export async function askForRotation(db: Queryable, tenantId: string, by: string): Promise<void> {
  await db.query(
    `insert into signing_key_rotation (tenant_id, asked_at, asked_by) values ($1, clock_timestamp(), $2)
     on conflict (tenant_id) do update set asked_at = excluded.asked_at, asked_by = excluded.asked_by`,
    [tenantId, by],
  );
}

/** How many living processes still sign with a key that they had when somebody asked. */
export async function rotationsOpen(db: Queryable, tenantId: string): Promise<number> {
  const { rows } = await db.query<{ n: number }>(
    `select count(*)::int as n from signing_key k join signing_key_rotation using (tenant_id)
       join worker w on w.worker_id = k.worker
      where tenant_id = $1 and retired_at is null and made_at < asked_at`,
    [tenantId],
  );
  return rows[0]?.n ?? 0;
}
