import { z } from "zod";
import { filterId, listRows, oneRow } from "../lookup.ts";
import { Count, Day, Id, MAX_ROWS, Text, Wanted } from "../shapes.ts";
import { readTool } from "../tool.ts";
import { DEPARTMENTS } from "./employee-tools.ts";

const Activity = z.strictObject({
  activity_id: Text,
  name: Text,
  department: Text,
  purpose: Text,
  legal_basis: Text,
  categories: Text,
  retention: Text,
  outside_eu: z.boolean(),
  reviewed_on: Day,
});

const listProcessing = readTool({
  name: "list_processing",
  description: "The register of processing activities (Article 30 GDPR), of one department or of all.",
  input: { department: Wanted.optional() },
  output: { activities: z.array(Activity), total_count: Count, outside_eu_count: Count },
  async run(db, { department: wanted }) {
    const department = await filterId(db, "department", wanted, DEPARTMENTS);
    const { rows, totals } = await listRows<
      z.infer<typeof Activity>,
      { total_count: number; outside_eu_count: number }
    >(
      db,
      `select *, count(*) over () as total_count, count(*) filter (where outside_eu) over () as outside_eu_count
       from processing_activity where $1::text is null or department = $1 order by department, name limit ${MAX_ROWS}`,
      [department],
      { total_count: 0, outside_eu_count: 0 },
    );
    return { activities: rows, ...totals };
  },
});

const Kind = z.enum(["access", "erasure", "correction", "objection"]);
const request = {
  request_id: Text,
  kind: Kind,
  subject_kind: Text,
  received_on: Day,
  extended: z.boolean(),
  deadline: Day,
  days_left: z.number().int(),
  handler_name: Text,
};
const Request = z.strictObject(request);

/** Article 12(3) GDPR: one month after receipt, three where it was extended. */
const REQUEST = `
  select r.request_id, r.kind, r.subject_kind, r.name, r.received_on, r.extended, due.deadline,
    due.deadline - current_date as days_left, e.name as handler_name, r.answered_on, r.next_step
  from data_request r join employee e on e.upn = r.handler cross join lateral (
    select (r.received_on + case when r.extended then interval '3 months' else interval '1 month' end)::date as deadline) as due`;

const listDataRequests = readTool({
  name: "list_data_requests",
  description: "Requests of data subjects that are not answered, with their statutory deadline. Nobody is named.",
  input: { kind: Kind.optional() },
  output: { requests: z.array(Request), total_count: Count, overdue_count: Count },
  async run(db, { kind }) {
    const { rows, totals } = await listRows<z.infer<typeof Request>, { total_count: number; overdue_count: number }>(
      db,
      `select ${Object.keys(request).join(", ")}, count(*) over () as total_count,
         count(*) filter (where days_left < 0) over () as overdue_count
       from (${REQUEST}) as one where answered_on is null and ($1::text is null or kind = $1)
       order by deadline, request_id limit ${MAX_ROWS}`,
      [kind ?? null],
      { total_count: 0, overdue_count: 0 },
    );
    return { requests: rows, ...totals };
  },
});

const getDataRequest = readTool({
  name: "get_data_request",
  description: "One request of a data subject with the person's name and the next step.",
  input: { request_id: Id },
  output: { ...request, name: Text, answered_on: Day.nullable(), next_step: Text },
  run: (db, { request_id }) =>
    oneRow(db, "data request", request_id, `select * from (${REQUEST}) as one where request_id = $1`),
});

const Assessment = z.strictObject({
  assessment_id: Text,
  activity: Text,
  department: Text,
  owner_name: Text,
  status: Text,
  due_on: Day,
  days_left: z.number().int(),
});

const listAssessments = readTool({
  name: "list_assessments",
  description: "Data protection impact assessments that are not done, the next due first.",
  input: { department: Wanted.optional() },
  output: { assessments: z.array(Assessment), total_count: Count, overdue_count: Count },
  async run(db, { department: wanted }) {
    const department = await filterId(db, "department", wanted, DEPARTMENTS);
    const { rows, totals } = await listRows<z.infer<typeof Assessment>, { total_count: number; overdue_count: number }>(
      db,
      `select a.assessment_id, p.name as activity, p.department, e.name as owner_name, a.status, a.due_on,
         a.due_on - current_date as days_left, count(*) over () as total_count,
         count(*) filter (where a.due_on < current_date) over () as overdue_count
       from assessment a join processing_activity p using (activity_id) join employee e on e.upn = a.owner
       where a.status <> 'done' and ($1::text is null or p.department = $1)
       order by a.due_on, a.assessment_id limit ${MAX_ROWS}`,
      [department],
      { total_count: 0, overdue_count: 0 },
    );
    return { assessments: rows, ...totals };
  },
});

export const privacyTools = [listProcessing, listDataRequests, getDataRequest, listAssessments];
