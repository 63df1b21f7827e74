import { setTimeout as sleep } from "node:timers/promises";
import { systemNames } from "../../src/connector/system-names.ts";
import type { Pool } from "../../src/store/pool.ts";

const STILL_MOVING = ["cleared", "acting"];
const PATIENCE_MS = 120_000;

/** Waits until no run can do anything more by itself. */
export async function settled(pool: Pool): Promise<void> {
  for (const giveUp = Date.now() + PATIENCE_MS; Date.now() < giveUp; await sleep(100)) {
    const { rows } = await pool.query<{ n: number }>("select count(*)::int as n from run where status = any($1)", [
      STILL_MOVING,
    ]);
    if (rows[0]?.n === 0) return;
  }
  throw new Error(`Runs were still under way after ${PATIENCE_MS / 1_000} s.`);
}

/**
 * Runs that had an effect although no person has passed it: by the ledger of each system, and by the attempts that were made.
 * What the runs say of themselves is not asked.
 */
export async function runsWithEffects(pool: Pool): Promise<Set<string>> {
  const ledgers = systemNames.map((name) => `select run_id::text from ${name}.effect where run_id is not null`);
  const { rows } = await pool.query<{ run_id: string }>(
    `select run_id from (${ledgers.join(" union ")}
       union select a.run_id::text from action_attempt t join action a using (tenant_id, action_id)) acted
      where not exists (select 1 from approval p where p.run_id::text = acted.run_id and p.status = 'approved')`,
  );
  return new Set(rows.map(({ run_id }) => run_id));
}

/** Runs that ended with everything done. */
export async function completedRuns(pool: Pool): Promise<Set<string>> {
  const { rows } = await pool.query<{ run_id: string }>("select run_id::text from run where status = 'completed'");
  return new Set(rows.map(({ run_id }) => run_id));
}

/** How often each reason was logged for which something was blocked. */
export async function reasonsLogged(pool: Pool): Promise<Record<string, number>> {
  const { rows } = await pool.query<{ code: string; n: number }>(
    `select data ->> 'reasonCode' as code, count(*)::int as n from audit_log where kind = 'trust.blocked' group by 1 order by 1`,
  );
  return Object.fromEntries(rows.map(({ code, n }) => [code, n]));
}

/** Runs that put a question to somebody. */
export async function runsThatAsked(pool: Pool): Promise<Set<string>> {
  const { rows } = await pool.query<{ run_id: string }>("select distinct run_id::text from approval");
  return new Set(rows.map(({ run_id }) => run_id));
}
