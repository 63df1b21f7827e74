import { z } from "zod";
import type { Queryable } from "../../../store/pool.ts";
import { listRows } from "../lookup.ts";
import { Refusal } from "../refusal.ts";
import { Count, Day, Id, MAX_ROWS, Nullable, Text, Wanted } from "../shapes.ts";
import { personalTool } from "../tool.ts";
import { lookUpPrivate } from "./private.ts";

const entry = {
  leave_id: Text,
  from: Day,
  to: Day,
  days: Count,
  status: z.enum(["coming", "running", "over", "cancelled"]),
};
const Entry = z.strictObject(entry);

/** Annual leave only: why somebody was ill is nobody's list. */
const ENTRIES = `
  select leave_id, upn, from_day as "from", to_day as "to", working_days(from_day, to_day) as days,
    case when status = 'cancelled' then 'cancelled' when to_day < current_date then 'over'
      when from_day <= current_date then 'running' else 'coming' end as status
  from leave where kind = 'annual'`;

const listLeave = personalTool({
  name: "list_leave",
  description: "Annual leave entries of one employee with their numbers, also those that were cancelled.",
  input: { employee: Wanted },
  output: { upn: Text, name: Text, entries: z.array(Entry), total_count: Count, coming_days: Count },
  async run(db, { employee }, personId) {
    const { id, name } = await lookUpPrivate(db, employee, personId);
    const { rows, totals } = await listRows<z.infer<typeof Entry>, { total_count: number; coming_days: number }>(
      db,
      `select leave_id, "from", "to", days, status, count(*) over () as total_count,
         coalesce(sum(days) filter (where status = 'coming') over (), 0)::int as coming_days
       from (${ENTRIES}) as entry where upn = $1 order by "from" desc limit ${MAX_ROWS}`,
      [id],
      { total_count: 0, coming_days: 0 },
    );
    return { upn: id, name, entries: rows, ...totals };
  },
});

const getLeave = personalTool({
  name: "get_leave",
  description: "One annual leave entry of one employee.",
  input: { leave_id: Id, employee: Wanted },
  output: { ...entry, upn: Text, name: Text },
  async run(db, { leave_id, employee }, personId) {
    const { id, name } = await lookUpPrivate(db, employee, personId);
    const found = await db.query<z.infer<typeof Entry> & { upn: string }>(
      `select * from (${ENTRIES}) as entry where leave_id = $1 and upn = $2`,
      [leave_id, id],
    );
    const [row] = found.rows;
    // The same words whether it is somebody else's or nobody's: a number must not tell who is away.
    if (row === undefined) throw new Refusal(`${name} has no leave ${leave_id}. Ask for the list of leave entries.`);
    return { ...row, name };
  },
});

const checkLeavePeriod = personalTool({
  name: "check_leave_period",
  description: "Working days of a period for one employee, what it would clash with, and who of the team is away then.",
  input: { employee: Wanted, from: Day, to: Day },
  output: {
    upn: Text,
    name: Text,
    days: Count,
    clash: Nullable,
    clash_count: Count,
    colleagues_away: z.array(Text),
    away_count: Count,
    /** the same in words */
    away: Text,
  },
  async run(db, { employee, from, to }, personId) {
    const { id, name } = await lookUpPrivate(db, employee, personId);
    const found = await db.query<{
      days: number;
      clash: string | null;
      clash_count: number;
      colleagues_away: string[];
    }>(
      `with hit as (
         select l.upn, e.name, l.leave_id, l.from_day from leave l join employee e using (upn)
         where l.status = 'booked' and l.from_day <= $3 and l.to_day >= $2)
       select working_days($2, $3) as days,
         (select leave_id from hit where upn = $1 order by from_day limit 1) as clash,
         (select count(*)::int from hit where upn = $1) as clash_count,
         array(select distinct hit.name from hit join employee other using (upn)
               where upn <> $1 and other.manager = (select manager from employee where upn = $1) order by 1) as colleagues_away`,
      [id, from, to],
    );
    const { days = 0, clash = null, clash_count = 0, colleagues_away = [] } = found.rows[0] ?? {};
    const away = colleagues_away.length === 0 ? "nobody" : colleagues_away.join(", ");
    return { upn: id, name, days, clash, clash_count, colleagues_away, away_count: colleagues_away.length, away };
  },
});

const TeamLeave = z.strictObject({ leave_id: Text, name: Text, from: Day, to: Day, days: Count, others_away: Count });

const listTeamLeave = personalTool({
  name: "list_team_leave",
  description:
    "Absences of the direct reports of one manager from a day on, with how many others of the team are away.",
  input: { manager: Wanted, from: Day, within_days: z.number().int().min(1).max(366) },
  output: { upn: Text, name: Text, team_count: Count, absences: z.array(TeamLeave), total_count: Count },
  async run(db, { manager, from, within_days }, personId) {
    const { id, name } = await lookUpPrivate(db, manager, personId);
    const team_count = await sizeOfTeam(db, id);
    if (team_count === 0) throw new Refusal(`Nobody reports to ${name}, so there is no team calendar.`);
    const { rows, totals } = await listRows<z.infer<typeof TeamLeave>, { total_count: number }>(
      db,
      `with away as (
         select l.leave_id, e.upn, e.name, l.from_day, l.to_day from leave l join employee e using (upn)
         where e.manager = $1 and l.status = 'booked' and l.from_day <= $2::date + $3::int and l.to_day >= $2)
       select leave_id, name, from_day as "from", to_day as "to", working_days(from_day, to_day) as days,
         (select count(distinct o.upn)::int from away o
          where o.upn <> a.upn and o.from_day <= a.to_day and o.to_day >= a.from_day) as others_away,
         count(*) over () as total_count
       from away a order by from_day, name limit ${MAX_ROWS}`,
      [id, from, within_days],
      { total_count: 0 },
    );
    return { upn: id, name, team_count, absences: rows, ...totals };
  },
});

async function sizeOfTeam(db: Queryable, manager: string): Promise<number> {
  const found = await db.query<{ n: number }>("select count(*)::int as n from employee where manager = $1", [manager]);
  return found.rows[0]?.n ?? 0;
}

export const leaveEntryTools = [listLeave, getLeave, checkLeavePeriod, listTeamLeave];
