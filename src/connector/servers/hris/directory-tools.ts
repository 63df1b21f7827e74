import { z } from "zod";
import { filterId, listRows } from "../lookup.ts";
import { Count, MAX_ROWS, Nullable, Text, Wanted } from "../shapes.ts";
import { readTool } from "../tool.ts";
import { DEPARTMENTS } from "./employee-tools.ts";

const LOCATIONS = "select distinct location as id, location as name from employee";
const TITLES = "select distinct title as id, title as name from employee";

const Colleague = z.strictObject({ name: Text, title: Text, department: Text, location: Text, manager_name: Nullable });

const listEmployees = readTool({
  name: "list_employees",
  description: "Who works in a department, at a site or in a position, with each one's manager.",
  input: { department: Wanted.optional(), location: Wanted.optional(), title: Wanted.optional() },
  output: { employees: z.array(Colleague), total_count: Count },
  async run(db, wanted) {
    const department = await filterId(db, "department", wanted.department, DEPARTMENTS);
    const location = await filterId(db, "site", wanted.location, LOCATIONS);
    const title = await filterId(db, "position", wanted.title, TITLES);
    const { rows, totals } = await listRows<z.infer<typeof Colleague>, { total_count: number }>(
      db,
      `select e.name, e.title, e.department, e.location, m.name as manager_name, count(*) over () as total_count
       from employee e left join employee m on m.upn = e.manager
       where e.start_date <= current_date and ($1::text is null or e.department = $1)
         and ($2::text is null or e.location = $2) and ($3::text is null or e.title = $3)
       order by e.name limit ${MAX_ROWS}`,
      [department, location, title],
      { total_count: 0 },
    );
    return { employees: rows, ...totals };
  },
});

const listJobTitles = readTool({
  name: "list_job_titles",
  description: "What positions people hold, and how many hold each.",
  input: {},
  output: { titles: z.array(z.strictObject({ title: Text, holders: Count })) },
  async run(db) {
    const found = await db.query<{ title: string; holders: number }>(
      `select title, count(*)::int as holders from employee where start_date <= current_date
       group by title order by title limit ${MAX_ROWS}`,
    );
    return { titles: found.rows };
  },
});

export const directoryTools = [listEmployees, listJobTitles];
