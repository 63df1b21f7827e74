import { z } from "zod";
import type { Queryable, Tx } from "../../../store/pool.ts";
import { oneRow } from "../lookup.ts";
import { Count, Day, Nullable, Text } from "../shapes.ts";

export const LeadStatus = z.enum(["new", "assigned", "qualified", "rejected"]);
export const LeadSource = z.enum([
  "website",
  "webinar",
  "trade fair",
  "referral",
  "partner",
  "search ads",
  "social media",
  "e-mail",
]);

export const lead = {
  lead_id: Text,
  company: Text,
  contact_name: Text,
  contact_email: Text,
  country: Text,
  source: Text,
  product_name: Text,
  /** 0 to 100: how likely it becomes business */
  score: Count,
  status: LeadStatus,
  owner: Nullable,
  owner_name: Nullable,
  campaign_name: Nullable,
  received_on: Day,
  /** since it came in */
  days_waiting: Count,
  note: Text,
};
export const Lead = z.strictObject(lead);
export type Lead = z.infer<typeof Lead>;

export const selectLeads = `select l.lead_id, l.company, l.contact_name, l.contact_email, l.country, l.source,
    p.name as product_name, l.score, l.status, l.owner, o.name as owner_name, c.name as campaign_name, l.received_on,
    greatest(current_date - l.received_on, 0) as days_waiting, l.note
  from lead l join product p using (product_id) left join person o on o.upn = l.owner left join campaign c using (campaign_id)`;

/** @throws Refusal */
export function readLead(db: Queryable, leadId: string): Promise<Lead> {
  return oneRow(db, "lead", leadId, `${selectLeads} where l.lead_id = $1`);
}

/** The lead as it is once nobody else changes it any more. @throws Refusal */
export async function lockLead(tx: Tx, leadId: string): Promise<Lead> {
  await tx.query("select 1 from lead where lead_id = $1 for update", [leadId]);
  return readLead(tx, leadId);
}
