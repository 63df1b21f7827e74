import { z } from "zod";
import { listRows, lookUp } from "../lookup.ts";
import { Refusal } from "../refusal.ts";
import { Count, Day, MAX_ROWS, Nullable, Text, Wanted } from "../shapes.ts";
import { readTool } from "../tool.ts";
import { EMPLOYEES } from "./employee-tools.ts";

const Status = z.enum(["upcoming", "in-progress", "complete"]);
const onboarding = {
  upn: Text,
  name: Text,
  title: Text,
  department: Text,
  manager: Nullable,
  manager_name: Nullable,
  start_date: Day,
  status: Status,
  done_count: Count,
  task_count: Count,
  next_task: Nullable,
  next_due_on: Day.nullable(),
};
const Onboarding = z.strictObject(onboarding);

const SQL = `
  select *, case when done_count = task_count then 'complete' when start_date > current_date then 'upcoming'
    else 'in-progress' end as status
  from (
    select e.upn, e.name, e.title, e.department, e.manager, m.name as manager_name, e.start_date, b.name as buddy_name,
      count(*) filter (where t.done)::int as done_count, count(*)::int as task_count,
      (array_agg(t.title order by t.due_on, t.position) filter (where not t.done))[1] as next_task,
      min(t.due_on) filter (where not t.done) as next_due_on
    from onboarding o join employee e using (upn) join onboarding_task t using (upn)
      left join employee m on m.upn = e.manager left join employee b on b.upn = o.buddy
    group by e.upn, e.name, e.title, e.department, e.manager, m.name, e.start_date, b.name) as one`;

const listOnboarding = readTool({
  name: "list_onboarding",
  description: "New joiners, the latest start first, with the progress of their checklist.",
  input: { status: Status.optional() },
  output: { onboarding: z.array(Onboarding), total_count: Count },
  async run(db, { status }) {
    const { rows, totals } = await listRows<z.infer<typeof Onboarding>, { total_count: number }>(
      db,
      `select ${Object.keys(onboarding).join(", ")}, count(*) over () as total_count
       from (${SQL}) as joiner where $1::text is null or status = $1 order by start_date desc limit ${MAX_ROWS}`,
      [status ?? null],
      { total_count: 0 },
    );
    return { onboarding: rows, ...totals };
  },
});

const Task = z.strictObject({ title: Text, owner_name: Text, due_on: Day, done: z.boolean(), overdue: z.boolean() });
const WithBuddy = z.strictObject({ ...onboarding, buddy_name: Nullable });

const getOnboarding = readTool({
  name: "get_onboarding",
  description: "The onboarding checklist of one new joiner.",
  input: { employee: Wanted },
  output: { ...onboarding, buddy_name: Nullable, tasks: z.array(Task) },
  async run(db, { employee }) {
    const { id, name } = await lookUp(db, "employee", employee, EMPLOYEES);
    const found = await db.query<z.infer<typeof WithBuddy>>(`select * from (${SQL}) as joiner where upn = $1`, [id]);
    const [joiner] = found.rows;
    if (joiner === undefined) throw new Refusal(`${name} has no onboarding checklist.`);
    const tasks = await db.query<z.infer<typeof Task>>(
      `select title, owner_name, due_on, done, not done and due_on < current_date as overdue
       from onboarding_task where upn = $1 order by due_on, position limit ${MAX_ROWS}`,
      [id],
    );
    return { ...joiner, tasks: tasks.rows };
  },
});

export const onboardingTools = [listOnboarding, getOnboarding];
