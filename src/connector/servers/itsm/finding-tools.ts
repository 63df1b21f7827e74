import { z } from "zod";
import { filterId, listRows, oneRow } from "../lookup.ts";
import { Count, Day, Id, MAX_ROWS, Text, Wanted } from "../shapes.ts";
import { readTool } from "../tool.ts";
import { SERVICES } from "./service.ts";
import { Priority } from "./ticket.ts";

const Status = z.enum(["open", "accepted", "fixed"]);
const finding = {
  finding_id: Text,
  title: Text,
  service_name: Text,
  severity: Priority,
  source: z.enum(["scan", "penetration test", "audit"]),
  status: Status,
  owner_name: Text,
  found_on: Day,
  due_on: Day,
  fixed_on: Day.nullable(),
  remedy: Text,
};
const Finding = z.strictObject(finding);
const findingColumns = `finding_id, title, s.name as service_name, severity, source, status, p.name as owner_name,
  found_on, due_on, fixed_on, remedy`;
const FINDINGS = "from finding f join service s using (service_id) join person p on p.upn = f.owner";
const none = { total_count: 0, critical_count: 0, overdue_count: 0 };

const listFindings = readTool({
  name: "list_findings",
  description: "Weak spots that scans, tests and audits found in our own services, the most severe and oldest first.",
  input: {
    service: Wanted.optional(),
    severity: Priority.optional(),
    status: Status.optional(),
    overdue_only: z.boolean().optional(),
  },
  output: {
    findings: z.array(Finding),
    total_count: Count,
    critical_count: Count,
    /** open ones whose day has passed */
    overdue_count: Count,
  },
  async run(db, args) {
    const service = await filterId(db, "service", args.service, SERVICES);
    const overdue = "status = 'open' and due_on < current_date";
    const { rows, totals } = await listRows<z.infer<typeof Finding>, typeof none>(
      db,
      `select ${findingColumns}, count(*) over () as total_count,
         count(*) filter (where severity = 'critical') over () as critical_count,
         count(*) filter (where ${overdue}) over () as overdue_count
       ${FINDINGS}
       where ($1::text is null or service_id = $1) and ($2::text is null or severity = $2)
         and ($3::text is null or status = $3) and ($4::boolean is not true or (${overdue}))
       order by status = 'open' desc, array_position(array['critical', 'high', 'medium', 'low'], severity), found_on, finding_id
       limit ${MAX_ROWS}`,
      [service, args.severity ?? null, args.status ?? null, args.overdue_only ?? null],
      none,
    );
    return { findings: rows, ...totals };
  },
});

const getFinding = readTool({
  name: "get_finding",
  description: "One finding of a scan, test or audit with its remedy and the day until which it is to be fixed.",
  input: { finding_id: Id },
  output: finding,
  run: (db, { finding_id }) =>
    oneRow<z.infer<typeof Finding>>(
      db,
      "finding",
      finding_id,
      `select ${findingColumns} ${FINDINGS} where finding_id = $1`,
    ),
});

export const findingTools = [listFindings, getFinding];
