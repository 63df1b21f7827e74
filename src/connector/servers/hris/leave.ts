import { z } from "zod";
import type { Queryable } from "../../../store/pool.ts";
import { oneRow } from "../lookup.ts";
import { Day, Text } from "../shapes.ts";

/** Days of leave; halves are possible. */
const Days = z.number().multipleOf(0.5);

export const balance = {
  upn: Text,
  name: Text,
  year: z.number().int(),
  entitlement_days: Days,
  carried_over_days: Days,
  taken_days: Days,
  booked_days: Days,
  available_days: Days,
  carry_over_expires: Day.nullable(),
};
const Balance = z.strictObject(balance);
export type Balance = z.infer<typeof Balance>;

const SQL = `
  select upn, name, extract(year from current_date)::int as year, entitlement_days::float8, carried_over_days::float8,
    taken::float8 as taken_days, booked::float8 as booked_days,
    (entitlement_days + carried_over_days - taken - booked)::float8 as available_days, carry_over_expires
  from (
    select b.*, e.name,
      b.taken_earlier_days + coalesce(sum(working_days(from_day, to_day)) filter (where to_day < current_date), 0) as taken,
      coalesce(sum(working_days(from_day, to_day)) filter (where to_day >= current_date), 0) as booked
    from leave_balance b join employee e using (upn)
      left join leave l on l.upn = b.upn and l.kind = 'annual' and l.status = 'booked'
    where b.upn = $1 group by b.upn, e.name) as one`;

/** What is left to the person: entitlement and carried-over days less those taken and those booked. @throws Refusal */
export function readBalance(db: Queryable, upn: string): Promise<Balance> {
  return oneRow(db, "leave balance of", upn, SQL);
}
