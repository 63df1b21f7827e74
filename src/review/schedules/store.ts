import type { Queryable } from "../../store/pool.ts";

/** `doneFor`: the moment of the calendar for which it was last carried out; `askedAt`: somebody waits for it. */
export type ScheduleState = { doneFor: Date | null; askedAt: Date | null };

export async function scheduleState(db: Queryable, tenantId: string, name: string): Promise<ScheduleState> {
  const { rows } = await db.query<ScheduleState>(
    `select done_for as "doneFor", asked_at as "askedAt" from flow_schedule where tenant_id = $1 and name = $2`,
    [tenantId, name],
  );
  return rows[0] ?? { doneFor: null, askedAt: null };
}

/** @param began when the work that is done now began: what was asked for later is still to be done */
export async function noteDone(
  db: Queryable,
  tenantId: string,
  name: string,
  { due, began }: { due: Date; began: Date },
): Promise<void> {
  await db.query(
    `insert into flow_schedule as s (tenant_id, name, done_for, done_at) values ($1, $2, $3, $4)
     on conflict (tenant_id, name) do update
       set done_for = greatest(s.done_for, excluded.done_for), done_at = greatest(s.done_at, excluded.done_at),
           asked_at = case when s.asked_at > excluded.done_at then s.asked_at end`,
    [tenantId, name, due, began],
  );
}

/** Somebody wants it done now: `askedAt` is empty again as soon as it is. */
export async function askFor(db: Queryable, tenantId: string, name: string, by: string): Promise<void> {
  await db.query(
    `insert into flow_schedule (tenant_id, name, asked_at, asked_by) values ($1, $2, clock_timestamp(), $3)
     on conflict (tenant_id, name) do update set asked_at = excluded.asked_at, asked_by = excluded.asked_by`,
    [tenantId, name, by],
  );
}
