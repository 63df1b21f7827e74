import { z } from "zod";
import { filterId, listRows } from "../lookup.ts";
import { Count, Day, MAX_ROWS, Nullable, Text, Wanted } from "../shapes.ts";
import { readTool } from "../tool.ts";
import { PEOPLE } from "./person.ts";

const CloseStatus = z.enum(["open", "blocked", "done"]);
const Task = z.strictObject({
  task_id: Text,
  title: Text,
  area: Text,
  owner: Text,
  owner_name: Text,
  due_on: Day,
  done_on: Day.nullable(),
  status: CloseStatus,
  /** 0 where it is done, or not yet due */
  days_late: Count,
  waits_for_title: Nullable,
  waits_for_owner: Nullable,
  note: Nullable,
});
const columns = Object.keys(Task.shape).join(", ");
const none = { total_count: 0, done_count: 0, blocked_count: 0, late_count: 0 };

const listCloseTasks = readTool({
  name: "list_close_tasks",
  description: "Tasks of the month-end close by due day, with what each waits for; done ones last.",
  input: {
    owner: Wanted.optional(),
    area: Wanted.optional(),
    status: CloseStatus.optional(),
    late_only: z.boolean().optional(),
  },
  output: {
    tasks: z.array(Task),
    ...{ total_count: Count, done_count: Count, blocked_count: Count, late_count: Count },
  },
  async run(db, { owner, area, status, late_only }) {
    const person = await filterId(db, "person", owner, PEOPLE);
    const areas = "select distinct area as id, area as name from close_task";
    const wanted = await filterId(db, "area of the close", area, areas);
    const { rows, totals } = await listRows<z.infer<typeof Task>, typeof none>(
      db,
      `select ${columns}, count(*) over () as total_count, count(*) filter (where status = 'done') over () as done_count,
         count(*) filter (where status = 'blocked') over () as blocked_count,
         count(*) filter (where days_late > 0) over () as late_count
       from close_task_state
       where ($1::text is null or owner = $1) and ($2::text is null or area = $2)
         and ($3::text is null or status = $3) and (not $4 or days_late > 0)
       order by status = 'done', due_on, task_id limit ${MAX_ROWS}`,
      [person, wanted, status ?? null, late_only ?? false],
      none,
    );
    return { tasks: rows, ...totals };
  },
});

const Blocker = z.strictObject({
  task_id: Text,
  title: Text,
  owner_name: Text,
  due_on: Day,
  days_late: Count,
  /** tasks that cannot go on before this one is done, near and far */
  waiting_count: Count,
  waiting_people: z.array(Text),
  note: Nullable,
});

const listCloseBlockers = readTool({
  name: "list_close_blockers",
  description: "Close tasks that can be worked on and that others wait for, those that hold up the most first.",
  input: {},
  output: { blockers: z.array(Blocker), total_count: Count },
  async run(db) {
    const { rows, totals } = await listRows<z.infer<typeof Blocker>, { total_count: number }>(
      db,
      `with recursive held as (
         select waits_for as root, task_id, owner_name from close_task_state where status = 'blocked'
         union
         select held.root, t.task_id, t.owner_name from held join close_task_state t on t.waits_for = held.task_id
         where t.done_on is null)
       select t.task_id, t.title, t.owner_name, t.due_on, t.days_late, t.note, count(*)::int as waiting_count,
         array_agg(distinct held.owner_name order by held.owner_name) as waiting_people, count(*) over () as total_count
       from close_task_state t join held on held.root = t.task_id where t.status = 'open'
       group by t.task_id, t.title, t.owner_name, t.due_on, t.days_late, t.note
       order by count(*) desc, t.due_on, t.task_id limit ${MAX_ROWS}`,
      [],
      { total_count: 0 },
    );
    return { blockers: rows, ...totals };
  },
});

export const closeTools = [listCloseTasks, listCloseBlockers];
