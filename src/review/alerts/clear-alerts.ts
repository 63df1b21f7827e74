import type { Pool } from "../../store/pool.ts";
import { removeAlerts } from "./store.ts";

const DAY_MS = 86_400_000;
const BATCH = 1_000;

/** Removes what monitoring sent so long ago that nobody asks for it; the audit log keeps that it came, and what followed. */
export async function clearAlerts(
  { pool, tenantId, alertDays }: { pool: Pool; tenantId: string; alertDays: number },
  now: Date,
): Promise<void> {
  const before = new Date(now.getTime() - alertDays * DAY_MS);
  while ((await removeAlerts(pool, tenantId, { before, limit: BATCH })) === BATCH);
}
