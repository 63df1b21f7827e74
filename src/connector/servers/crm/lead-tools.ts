import { z } from "zod";
import { listRows, lookUp, oneRow } from "../lookup.ts";
import { Refusal } from "../refusal.ts";
import { Count, Id, MAX_ROWS, Nullable, Text, Wanted, written } from "../shapes.ts";
import { readTool, writeTool } from "../tool.ts";
import { Lead, LeadSource, LeadStatus, lead, lockLead, readLead, selectLeads } from "./lead.ts";
import { SALESPEOPLE } from "./salesperson-tools.ts";

const listLeads = readTool({
  name: "list_leads",
  description: "Leads by status, source or salesperson, the most promising first.",
  input: { status: LeadStatus.optional(), source: LeadSource.optional(), owner: Wanted.optional() },
  output: { leads: z.array(Lead), total_count: Count, owner_name: Nullable },
  async run(db, { status, source, owner }) {
    const person = owner === undefined ? null : await lookUp(db, "salesperson", owner, SALESPEOPLE);
    const { rows, totals } = await listRows<Lead, { total_count: number }>(
      db,
      `select *, count(*) over () as total_count from (${selectLeads}) as one
       where ($1::text is null or status = $1) and ($2::text is null or source = $2) and ($3::text is null or owner = $3)
       order by score desc, lead_id limit ${MAX_ROWS}`,
      [status ?? null, source ?? null, person?.id ?? null],
      { total_count: 0 },
    );
    return { leads: rows, ...totals, owner_name: person?.name ?? null };
  },
});

const getLead = readTool({
  name: "get_lead",
  description: "One lead: who asked for what, how it came in, its score and who has it.",
  input: { lead_id: Id },
  output: lead,
  run: (db, { lead_id }) => readLead(db, lead_id),
});

const Held = z.strictObject({ owner_name: Nullable, status: LeadStatus });
const held = ({ owner_name, status }: Lead): z.infer<typeof Held> => ({ owner_name, status });

const assignLead = writeTool({
  name: "assign_lead",
  description: "Gives a lead to a salesperson. Each assignment is kept, so that it can be given back.",
  input: { lead_id: Id, owner: Wanted },
  output: { lead_id: Text, company: Text, owner_name: Text, assignment_id: Text, ...written(Held, Held) },
  compensation: "return_lead",
  async run(tx, { lead_id, owner: wanted }) {
    const { id: owner, name: owner_name } = await lookUp(tx, "salesperson", wanted, SALESPEOPLE);
    const before = await lockLead(tx, lead_id);
    if (before.status === "rejected") throw new Refusal(`Lead ${lead_id} was rejected: there is nothing to work on.`);
    const added = await tx.query<{ assignment_id: string }>(
      `insert into lead_assignment (assignment_id, lead_id, from_owner, from_status, to_owner)
       values ('ASG-' || nextval('lead_assignment_number'), $1, $2, $3, $4) returning assignment_id`,
      [lead_id, before.owner, before.status, owner],
    );
    // A qualified lead stays qualified in other hands.
    await tx.query(
      "update lead set owner = $2, status = case status when 'new' then 'assigned' else status end where lead_id = $1",
      [lead_id, owner],
    );
    return {
      lead_id,
      company: before.company,
      owner_name,
      assignment_id: added.rows[0]?.assignment_id ?? "",
      changed: before.owner !== owner,
      before: held(before),
      after: held(await lockLead(tx, lead_id)),
    };
  },
});

type Assignment = {
  lead_id: string;
  from_owner: string | null;
  from_status: string;
  to_owner: string;
  returned: boolean;
};

const returnLead = writeTool({
  name: "return_lead",
  description: "Gives a lead back to whoever had it before an assignment, or to nobody. Safe to repeat.",
  input: { assignment_id: Id },
  output: { lead_id: Text, company: Text, assignment_id: Text, ...written(Held, Held) },
  async run(tx, { assignment_id }) {
    const { lead_id } = await oneAssignment(tx, assignment_id);
    const before = await lockLead(tx, lead_id);
    // Read again under the lead's lock: two callers must not both give it back.
    const { from_owner, from_status, to_owner, returned } = await oneAssignment(tx, assignment_id);
    if (!returned) {
      if (before.owner !== to_owner)
        throw new Refusal(`Lead ${lead_id} went on to ${before.owner_name} since: ask them to hand it over.`);
      await tx.query("update lead set owner = $2, status = $3 where lead_id = $1", [lead_id, from_owner, from_status]);
      await tx.query("update lead_assignment set returned = true where assignment_id = $1", [assignment_id]);
    }
    const after = held(await lockLead(tx, lead_id));
    return { lead_id, company: before.company, assignment_id, changed: !returned, before: held(before), after };
  },
});

function oneAssignment(tx: Parameters<typeof lockLead>[0], id: string): Promise<Assignment> {
  const sql =
    "select lead_id, from_owner, from_status, to_owner, returned from lead_assignment where assignment_id = $1";
  return oneRow(tx, "assignment", id, sql);
}

export const leadTools = [listLeads, getLead, assignLead, returnLead];
