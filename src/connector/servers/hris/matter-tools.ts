import { z } from "zod";
import { filterId, listRows, oneRow } from "../lookup.ts";
import { Count, Day, Id, MAX_ROWS, Money, Nullable, Text, Wanted } from "../shapes.ts";
import { readTool } from "../tool.ts";
import { EMPLOYEES } from "./employee-tools.ts";

const Kind = z.enum(["dispute", "employment", "regulatory", "intellectual property", "transaction"]);
const matter = {
  matter_id: Text,
  title: Text,
  kind: Kind,
  counterparty: Text,
  status: Text,
  stage: Text,
  opened_on: Day,
  counsel_name: Text,
  outside_firm: Nullable,
  exposure: Money,
  next_deadline: Nullable,
  next_due_on: Day.nullable(),
};
const Matter = z.strictObject(matter);

const MATTER = `
  select m.matter_id, m.title, m.kind, m.counterparty, m.status, m.stage, m.opened_on, m.counsel, e.name as counsel_name,
    m.outside_firm, m.exposure::text, m.summary, next.title as next_deadline, next.due_on as next_due_on
  from matter m join employee e on e.upn = m.counsel left join lateral (
    select title, due_on from matter_deadline d where d.matter_id = m.matter_id and not done order by due_on limit 1)
    as next on true`;

const listMatters = readTool({
  name: "list_matters",
  description: "Legal matters that are not closed, with stage, counsel and what is at stake.",
  input: { kind: Kind.optional() },
  output: { matters: z.array(Matter), total_count: Count, exposure_total: Money },
  async run(db, { kind }) {
    const { rows, totals } = await listRows<z.infer<typeof Matter>, { total_count: number; exposure_total: string }>(
      db,
      `select ${Object.keys(matter).join(", ")}, count(*) over () as total_count,
         sum(exposure::numeric) over ()::text as exposure_total
       from (${MATTER}) as one where status <> 'closed' and ($1::text is null or kind = $1)
       order by exposure::numeric desc, matter_id limit ${MAX_ROWS}`,
      [kind ?? null],
      { total_count: 0, exposure_total: "0.00" },
    );
    return { matters: rows, ...totals };
  },
});

const Deadline = z.strictObject({ title: Text, due_on: Day, done: z.boolean() });

const getMatter = readTool({
  name: "get_matter",
  description: "One legal matter with its summary and all its deadlines.",
  input: { matter_id: Id },
  output: { ...matter, summary: Text, deadlines: z.array(Deadline) },
  async run(db, { matter_id }) {
    const row = await oneRow<z.infer<typeof Matter> & { summary: string }>(
      db,
      "legal matter",
      matter_id,
      `select ${Object.keys(matter).join(", ")}, summary from (${MATTER}) as one where matter_id = $1`,
    );
    const deadlines = await db.query<z.infer<typeof Deadline>>(
      `select title, due_on, done from matter_deadline where matter_id = $1 order by due_on, position limit ${MAX_ROWS}`,
      [matter_id],
    );
    return { ...row, deadlines: deadlines.rows };
  },
});

const Due = z.strictObject({
  matter_id: Text,
  matter: Text,
  title: Text,
  counsel_name: Text,
  due_on: Day,
  days_left: z.number().int(),
});

const listMatterDeadlines = readTool({
  name: "list_matter_deadlines",
  description: "Deadlines of open matters that are not met yet, of one counsel or of all, the next first.",
  input: { counsel: Wanted.optional() },
  output: { deadlines: z.array(Due), total_count: Count, overdue_count: Count },
  async run(db, { counsel: wanted }) {
    const counsel = await filterId(db, "employee", wanted, EMPLOYEES);
    const { rows, totals } = await listRows<z.infer<typeof Due>, { total_count: number; overdue_count: number }>(
      db,
      `select m.matter_id, m.title as matter, d.title, e.name as counsel_name, d.due_on, d.due_on - current_date as days_left,
         count(*) over () as total_count, count(*) filter (where d.due_on < current_date) over () as overdue_count
       from matter_deadline d join matter m using (matter_id) join employee e on e.upn = m.counsel
       where m.status <> 'closed' and not d.done and ($1::text is null or m.counsel = $1)
       order by d.due_on, m.matter_id limit ${MAX_ROWS}`,
      [counsel],
      { total_count: 0, overdue_count: 0 },
    );
    return { deadlines: rows, ...totals };
  },
});

const Load = z.strictObject({ counsel_name: Text, matters: Count, exposure: Money, outside_firms: Nullable });

const listCounselLoad = readTool({
  name: "list_counsel_load",
  description: "How many open matters each counsel has, what is at stake in them, and which outside firms help.",
  input: {},
  output: { counsels: z.array(Load), total_count: Count },
  async run(db) {
    const { rows, totals } = await listRows<z.infer<typeof Load>, { total_count: number }>(
      db,
      `select e.name as counsel_name, count(*)::int as matters, sum(m.exposure)::text as exposure,
         string_agg(distinct m.outside_firm, ', ') as outside_firms, count(*) over () as total_count
       from matter m join employee e on e.upn = m.counsel where m.status <> 'closed'
       group by e.name order by matters desc, e.name limit ${MAX_ROWS}`,
      [],
      { total_count: 0 },
    );
    return { counsels: rows, ...totals };
  },
});

export const matterTools = [listMatters, getMatter, listMatterDeadlines, listCounselLoad];
