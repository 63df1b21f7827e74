import { z } from "zod";
import { filterId, listRows, lookUp } from "../lookup.ts";
import { Count, Day, MAX_ROWS, Text, Wanted } from "../shapes.ts";
import { readTool } from "../tool.ts";
import { DEPARTMENTS, PEOPLE } from "./ticket.ts";

const Verdict = z.enum(["waiting", "malicious", "spam", "harmless"]);
// Who reported a mail is nobody's business: people who fear to look foolish report nothing.
const Mail = z.strictObject({
  mail_id: Text,
  on_day: Day,
  sender: Text,
  subject: Text,
  verdict: Verdict,
  action: Text,
});
const noMails = { total_count: 0, malicious_count: 0, waiting_count: 0 };

const listReportedMails = readTool({
  name: "list_reported_mails",
  description: "Suspicious mails that colleagues reported in the last thirty days, with the verdict, the latest first.",
  input: { verdict: Verdict.optional() },
  output: { mails: z.array(Mail), total_count: Count, malicious_count: Count, waiting_count: Count },
  async run(db, { verdict }) {
    const { rows, totals } = await listRows<z.infer<typeof Mail>, typeof noMails>(
      db,
      `select mail_id, on_day, sender, subject, verdict, action, count(*) over () as total_count,
         count(*) filter (where verdict = 'malicious') over () as malicious_count,
         count(*) filter (where verdict = 'waiting') over () as waiting_count
       from reported_mail where on_day > current_date - 30 and ($1::text is null or verdict = $1)
       order by on_day desc, mail_id desc limit ${MAX_ROWS}`,
      [verdict ?? null],
      noMails,
    );
    return { mails: rows, ...totals };
  },
});

const Result = z.strictObject({ department: Text, sent: Count, clicked: Count, reported: Count });
const noResults = { sent_count: 0, clicked_count: 0, reported_count: 0, title: "", on_day: null as string | null };

const listSimulationResults = readTool({
  name: "list_simulation_results",
  description: "The latest phishing simulation by department: mails sent, links clicked, mails reported.",
  input: { department: Wanted.optional() },
  output: {
    results: z.array(Result),
    title: Text,
    on_day: Day.nullable(),
    ...{ sent_count: Count, clicked_count: Count, reported_count: Count },
  },
  async run(db, args) {
    const department = await filterId(db, "department", args.department, DEPARTMENTS);
    const { rows, totals } = await listRows<z.infer<typeof Result>, typeof noResults>(
      db,
      `select department, sent, clicked, reported, title, on_day, sum(sent) over () as sent_count,
         sum(clicked) over () as clicked_count, sum(reported) over () as reported_count
       from phishing_simulation
       where on_day = (select max(on_day) from phishing_simulation) and ($1::text is null or department = $1)
       order by clicked::numeric / sent desc, department limit ${MAX_ROWS}`,
      [department],
      noResults,
    );
    return { results: rows, ...totals };
  },
});

const Training = z.strictObject({ course: Text, assigned_on: Day, due_on: Day, overdue: z.boolean() });
const noTraining = { total_count: 0, overdue_count: 0 };

const listTrainingDue = readTool({
  name: "list_training_due",
  description: "Security training that a person has still to do, with the day until which.",
  input: { person: Wanted },
  output: {
    person: Text,
    person_name: Text,
    courses: z.array(Training),
    total_count: Count,
    overdue_count: Count,
    completed_count: Count,
  },
  async run(db, { person: wanted }) {
    const person = await lookUp(db, "person", wanted, PEOPLE);
    const { rows, totals } = await listRows<z.infer<typeof Training>, typeof noTraining>(
      db,
      `select course, assigned_on, due_on, due_on < current_date as overdue, count(*) over () as total_count,
         count(*) filter (where due_on < current_date) over () as overdue_count
       from awareness_training where upn = $1 and completed_on is null order by due_on, course limit ${MAX_ROWS}`,
      [person.id],
      noTraining,
    );
    const done = await db.query<{ n: number }>(
      "select count(*) as n from awareness_training where upn = $1 and completed_on is not null",
      [person.id],
    );
    const completed_count = done.rows[0]?.n ?? 0;
    return { person: person.id, person_name: person.name, courses: rows, completed_count, ...totals };
  },
});

export const phishingTools = [listReportedMails, listSimulationResults, listTrainingDue];
