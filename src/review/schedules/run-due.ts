import type { Pool } from "../../store/pool.ts";
import type { Clock } from "../clock.ts";
import { type Calendar, lastDue } from "./schedule.ts";
import { noteDone, scheduleState } from "./store.ts";

/**
 * `work` finds by itself what was done before: two processes may do it at once, and one may die in the middle of it. `due`: the
 * moment of the calendar for which it is done, which is long past where no process ran.
 */
export type Flow = { name: string; calendar: Calendar; work(now: Date, due: Date): Promise<void> };

/**
 * Carries out a flow where its moment has come and no process has done it. It is noted after it is done, so that a crash loses
 * nothing; who was down for days does it once.
 */
export async function runDue(
  { pool, tenantId, clock }: { pool: Pool; tenantId: string; clock: Clock },
  { name, calendar, work }: Flow,
): Promise<void> {
  const now = await clock.now(pool);
  const due = lastDue(calendar, now);
  const { doneFor, askedAt } = await scheduleState(pool, tenantId, name);
  if (doneFor !== null && doneFor >= due && askedAt === null) return;
  await work(now, due);
  await noteDone(pool, tenantId, name, { due, began: now });
}
