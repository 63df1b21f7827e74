import { z } from "zod";
import { Day, Nullable, Text } from "../shapes.ts";

export const PEOPLE = "select upn as id, name from person";
export const DEPARTMENTS = "select distinct department as id, department as name from person";

export const Priority = z.enum(["critical", "high", "medium", "low"]);
export const TicketStatus = z.enum(["new", "in-progress", "waiting", "resolved", "closed", "cancelled"]);

export const ticket = {
  ticket_id: Text,
  title: Text,
  status: TicketStatus,
  priority: Priority,
  requester: Text,
  requester_name: Text,
  assignee: Nullable,
  assignee_name: Nullable,
  account_id: Nullable,
  account_name: Nullable,
  device_id: Nullable,
  opened_on: Day,
  updated_on: Day,
  due_on: Day,
  overdue: z.boolean(),
};
export const Ticket = z.strictObject(ticket);
export type Ticket = z.infer<typeof Ticket>;

export const ticketColumns = Object.keys(ticket).join(", ");
