import { z } from "zod";
import { filterId, listRows } from "../lookup.ts";
import { Refusal } from "../refusal.ts";
import { Count, Day, MAX_ROWS, Nullable, Text, Wanted } from "../shapes.ts";
import { personalTool, readTool } from "../tool.ts";
import { DEPARTMENTS } from "./employee-tools.ts";
import { lookUpPrivate } from "./private.ts";

/** The reviews of the cycle that is open. */
const OPEN = `
  select r.*, c.name as cycle, e.name, e.department
  from review r join review_cycle c using (cycle_id) join employee e using (upn) where c.is_open`;

const StatusCount = z.strictObject({
  department: Text,
  not_started: Count,
  self_review: Count,
  manager_review: Count,
  talk_held: Count,
  signed: Count,
  total: Count,
});

const listReviewStatus = readTool({
  name: "list_review_status",
  description: "How many performance reviews of the open cycle are at which step, by department. No names, no ratings.",
  input: { department: Wanted.optional() },
  output: { departments: z.array(StatusCount), review_count: Count, signed_count: Count },
  async run(db, { department: wanted }) {
    const department = await filterId(db, "department", wanted, DEPARTMENTS);
    const { rows, totals } = await listRows<
      z.infer<typeof StatusCount>,
      { review_count: number; signed_count: number }
    >(
      db,
      `select department, not_started, self_review, manager_review, talk_held, signed, total,
         sum(total) over ()::int as review_count, sum(signed) over ()::int as signed_count
       from (
         select department,
           count(*) filter (where status = 'not started')::int as not_started,
           count(*) filter (where status = 'self review')::int as self_review,
           count(*) filter (where status = 'manager review')::int as manager_review,
           count(*) filter (where status = 'talk held')::int as talk_held,
           count(*) filter (where status = 'signed')::int as signed, count(*)::int as total
         from (${OPEN}) as review where $1::text is null or department = $1 group by department) as counted
       order by department limit ${MAX_ROWS}`,
      [department],
      { review_count: 0, signed_count: 0 },
    );
    return { departments: rows, ...totals };
  },
});

const Task = z.strictObject({ task: Text, about: Text, status: Text, due_on: Day, days_left: z.number().int() });

const listReviewTasks = personalTool({
  name: "list_review_tasks",
  description:
    "What one employee still has to do in the open review cycle: the own self review, and reviews of others.",
  input: { employee: Wanted },
  output: { upn: Text, name: Text, tasks: z.array(Task), total_count: Count, overdue_count: Count },
  async run(db, { employee }, personId) {
    const { id, name } = await lookUpPrivate(db, employee, personId);
    const { rows, totals } = await listRows<z.infer<typeof Task>, { total_count: number; overdue_count: number }>(
      db,
      `select task, about, status, due_on, due_on - current_date as days_left, count(*) over () as total_count,
         count(*) filter (where due_on < current_date) over () as overdue_count
       from (
         select 'Self review' as task, name as about, status, self_due as due_on from (${OPEN}) as own
         where upn = $1 and status in ('not started', 'self review')
         union all
         select case status when 'talk held' then 'Sign the review' else 'Review by the manager' end, name, status, manager_due
         from (${OPEN}) as others where reviewer = $1 and status in ('manager review', 'talk held')) as todo
       order by due_on, about limit ${MAX_ROWS}`,
      [id],
      { total_count: 0, overdue_count: 0 },
    );
    return { upn: id, name, tasks: rows, ...totals };
  },
});

const Milestone = z.strictObject({
  title: Text,
  who: Text,
  due_on: Day,
  days_left: z.number().int(),
  is_past: z.boolean(),
});

const listReviewDates = readTool({
  name: "list_review_dates",
  description: "The milestones of the open review cycle, with the days that are left.",
  input: {},
  output: { cycle: Text, milestones: z.array(Milestone), next_title: Nullable, next_due_on: Day.nullable() },
  async run(db) {
    const found = await db.query<z.infer<typeof Milestone> & { cycle: string }>(
      `select c.name as cycle, m.title, m.who, m.due_on, m.due_on - current_date as days_left, m.due_on < current_date as is_past
       from review_milestone m join review_cycle c using (cycle_id) where c.is_open order by m.due_on, m.position`,
    );
    const [first] = found.rows;
    if (first === undefined) throw new Refusal("No review cycle is open at the moment.");
    const next = found.rows.find(({ is_past }) => !is_past);
    const milestones = found.rows.map(({ cycle: _, ...rest }) => rest);
    return { cycle: first.cycle, milestones, next_title: next?.title ?? null, next_due_on: next?.due_on ?? null };
  },
});

const Result = z.strictObject({ cycle: Text, status: Text, reviewer_name: Text, rating: Nullable, summary: Nullable });

const getReviewResult = personalTool({
  name: "get_review_result",
  description: "How one employee was rated in each review cycle. Only a signed review has a rating.",
  input: { employee: Wanted },
  output: { upn: Text, name: Text, results: z.array(Result) },
  async run(db, { employee }, personId) {
    const { id, name } = await lookUpPrivate(db, employee, personId);
    const found = await db.query<z.infer<typeof Result>>(
      `select c.name as cycle, status, e.name as reviewer_name,
         case status when 'signed' then rating end as rating, case status when 'signed' then summary end as summary
       from review r join review_cycle c using (cycle_id) join employee e on e.upn = r.reviewer
       where r.upn = $1 order by c.is_open desc, c.cycle_id desc limit ${MAX_ROWS}`,
      [id],
    );
    return { upn: id, name, results: found.rows };
  },
});

export const reviewTools = [listReviewStatus, listReviewTasks, listReviewDates, getReviewResult];
