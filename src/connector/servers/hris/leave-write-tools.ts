import { z } from "zod";
import type { Tx } from "../../../store/pool.ts";
import { lookUp, oneRow } from "../lookup.ts";
import { Refusal } from "../refusal.ts";
import { Count, Day, Id, Text, Wanted, written } from "../shapes.ts";
import { writeTool } from "../tool.ts";
import { EMPLOYEES } from "./employee-tools.ts";
import { type Balance, readBalance } from "./leave.ts";

const Left = z.strictObject({ available_days: z.number() });
const left = ({ available_days }: Balance): z.infer<typeof Left> => ({ available_days });
const MAX_PERIOD_DAYS = 366;

const bookLeave = writeTool({
  name: "book_leave",
  description: "Books annual leave from one day to another, both included; weekends do not count.",
  input: { employee: Wanted, from: Day, to: Day },
  output: { leave_id: Text, upn: Text, name: Text, from: Day, to: Day, days: Count, ...written(Left, Left) },
  compensation: "cancel_leave",
  async run(tx, { employee, from, to }) {
    const { id: upn, name } = await lookUp(tx, "employee", employee, EMPLOYEES);
    const before = await lockBalance(tx, upn);
    const days = await bookable(tx, upn, from, to);
    if (days > before.available_days)
      throw new Refusal(`That is ${days} days, but ${name} has only ${before.available_days} left.`);
    const added = await tx.query<{ leave_id: string }>(
      `insert into leave (leave_id, upn, kind, from_day, to_day)
       values ('LV-' || nextval('leave_number'), $1, 'annual', $2, $3) returning leave_id`,
      [upn, from, to],
    );
    const leave_id = added.rows[0]?.leave_id ?? "";
    const after = await readBalance(tx, upn);
    return { leave_id, upn, name, from, to, days, changed: true, before: left(before), after: left(after) };
  },
});

/** The number of working days in the period. @throws Refusal where it cannot be booked */
async function bookable(tx: Tx, upn: string, from: string, to: string): Promise<number> {
  if (to < from) throw new Refusal(`The leave ends (${to}) before it begins (${from}).`);
  if (Date.parse(to) - Date.parse(from) > MAX_PERIOD_DAYS * 86_400_000)
    throw new Refusal("A leave can be at most one year long.");
  const found = await tx.query<{ past: boolean; days: number; clash: string | null }>(
    `select $2::date < current_date as past, working_days($2, $3) as days,
       (select from_day || ' to ' || to_day from leave
        where upn = $1 and status = 'booked' and from_day <= $3 and to_day >= $2 order by from_day limit 1) as clash`,
    [upn, from, to],
  );
  const { past, days, clash } = found.rows[0] ?? { past: false, days: 0, clash: null };
  if (past) throw new Refusal(`${from} is in the past.`);
  if (clash !== null) throw new Refusal(`There is already an absence in that period: ${clash}.`);
  if (days === 0) throw new Refusal("There is no working day in that period.");
  return days;
}

const cancelLeave = writeTool({
  name: "cancel_leave",
  description: "Cancels booked annual leave; its days are available again. Safe to repeat.",
  input: { leave_id: Id },
  output: { leave_id: Text, upn: Text, name: Text, ...written(Left, Left) },
  async run(tx, { leave_id }) {
    const { upn, name } = await oneRow<{ upn: string; name: string }>(
      tx,
      "leave",
      leave_id,
      "select upn, name from leave join employee using (upn) where leave_id = $1 and kind = 'annual'",
    );
    const before = await lockBalance(tx, upn);
    const cancelled = await tx.query(
      "update leave set status = 'cancelled' where leave_id = $1 and status = 'booked' returning to_day < current_date as past",
      [leave_id],
    );
    if (cancelled.rows[0]?.past === true) throw new Refusal(`Leave ${leave_id} is over: it cannot be cancelled.`);
    const after = await readBalance(tx, upn);
    return { leave_id, upn, name, changed: cancelled.rowCount === 1, before: left(before), after: left(after) };
  },
});

async function lockBalance(tx: Tx, upn: string): Promise<Balance> {
  await tx.query("select 1 from leave_balance where upn = $1 for update", [upn]);
  return readBalance(tx, upn);
}

export const leaveWriteTools = [bookLeave, cancelLeave];
