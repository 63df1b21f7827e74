import { z } from "zod";
import { filterId, listRows } from "../lookup.ts";
import { Refusal } from "../refusal.ts";
import { Count, Day, MAX_ROWS, Text, Wanted } from "../shapes.ts";
import { personalTool, readTool } from "../tool.ts";
import { DEPARTMENTS } from "./employee-tools.ts";
import { balance, readBalance } from "./leave.ts";
import { lookUpPrivate } from "./private.ts";

const Booked = z.strictObject({ leave_id: Text, from: Day, to: Day, days: Count });

const getLeaveBalance = personalTool({
  name: "get_leave_balance",
  description: "Leave of one employee this year: entitlement, carried over, taken, booked and still available days.",
  input: { employee: Wanted },
  output: { ...balance, upcoming: z.array(Booked) },
  async run(db, { employee }, personId) {
    const { id } = await lookUpPrivate(db, employee, personId);
    const upcoming = await db.query<z.infer<typeof Booked>>(
      `select leave_id, from_day as "from", to_day as "to", working_days(from_day, to_day) as days
       from leave where upn = $1 and kind = 'annual' and status = 'booked' and to_day >= current_date
       order by from_day limit ${MAX_ROWS}`,
      [id],
    );
    return { ...(await readBalance(db, id)), upcoming: upcoming.rows };
  },
});

/** Who is away and when; never why, which is private. */
const Absence = z.strictObject({
  leave_id: Text,
  upn: Text,
  name: Text,
  department: Text,
  from: Day,
  to: Day,
  days: Count,
});

const listAbsences = readTool({
  name: "list_absences",
  description: "Who is away between two days, without the kind of absence.",
  input: { from: Day, to: Day, department: Wanted.optional() },
  output: { from: Day, to: Day, absences: z.array(Absence), total_count: Count },
  async run(db, { from, to, department: wanted }) {
    if (to < from) throw new Refusal(`The period ends (${to}) before it begins (${from}).`);
    const department = await filterId(db, "department", wanted, DEPARTMENTS);
    const { rows, totals } = await listRows<z.infer<typeof Absence>, { total_count: number }>(
      db,
      `select leave_id, upn, name, department, from_day as "from", to_day as "to", working_days(from_day, to_day) as days,
         count(*) over () as total_count
       from leave join employee using (upn)
       where status = 'booked' and working_days(from_day, to_day) > 0 and from_day <= $2 and to_day >= $1 and ($3::text is null or department = $3)
       order by from_day, name limit ${MAX_ROWS}`,
      [from, to, department],
      { total_count: 0 },
    );
    return { from, to, absences: rows, ...totals };
  },
});

export const leaveReadTools = [getLeaveBalance, listAbsences];
