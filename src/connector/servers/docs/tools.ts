import { z } from "zod";
import { listRows } from "../lookup.ts";
import { Count, Day, MAX_ROWS, Text, Wanted } from "../shapes.ts";
import { readTool } from "../tool.ts";

const Statement = z.strictObject({
  subject: Text,
  about: Text,
  value: Text,
  as_of: Day,
  document_id: Text,
  title: Text,
  kind: z.enum(["document", "mail"]),
  author_name: Text,
  place: Text,
});

const findStatements = readTool({
  name: "find_statements",
  description:
    "What documents and mails say about one business object, newest first: a department's annual-budget, a customer's account-manager, a device's holder, a new employee's start-date.",
  input: { subject: Wanted, about: Wanted.optional() },
  output: { statements: z.array(Statement), total_count: Count },
  async run(db, { subject, about }) {
    const { rows, totals } = await listRows<z.infer<typeof Statement>, { total_count: number }>(
      db,
      `select s.subject, s.about, s.value, s.as_of, document_id, d.title, d.kind, d.author_name, d.place,
         count(*) over () as total_count
       from statement s join document d using (document_id)
       where lower(s.subject) = lower($1) and ($2::text is null or s.about = $2)
       order by s.as_of desc, document_id limit ${MAX_ROWS}`,
      [subject, about ?? null],
      { total_count: 0 },
    );
    return { statements: rows, ...totals };
  },
});

export const docsTools = [findStatements];
