import { z } from "zod";
import type { Tx } from "../../../store/pool.ts";
import { lookUp, oneRow } from "../lookup.ts";
import { Refusal } from "../refusal.ts";
import { Id, Note, Text, Title, Wanted, written } from "../shapes.ts";
import { writeTool } from "../tool.ts";
import { PEOPLE, Priority, type Ticket, TicketStatus, ticketColumns } from "./ticket.ts";

const State = z.strictObject({ status: TicketStatus });
const Ranked = z.strictObject({ priority: Priority });
const Opened = z.strictObject({ status: TicketStatus, priority: Priority, title: Text });

const createTicket = writeTool({
  name: "create_ticket",
  description: "Opens a ticket at the service desk on behalf of a person.",
  input: {
    title: Title,
    description: Note,
    requester: Wanted,
    priority: Priority,
    device: Id.optional(),
  },
  output: {
    ticket_id: Text,
    title: Text,
    priority: Priority,
    requester: Text,
    requester_name: Text,
    ...written(z.null(), Opened),
  },
  compensation: "cancel_ticket",
  async run(tx, { title, description, requester: wanted, priority, device }) {
    const requester = await lookUp(tx, "person", wanted, PEOPLE);
    if (device !== undefined) await oneRow(tx, "device", device, "select 1 from device where device_id = $1");
    const added = await tx.query<{ ticket_id: string }>(
      `insert into ticket (ticket_id, title, description, status, priority, requester, device_id, due_on)
       values ('TCK-' || nextval('ticket_number'), $1, $2, 'new', $3, $4, $5,
         current_date + case $3 when 'critical' then 1 when 'high' then 3 when 'medium' then 7 else 14 end)
       returning ticket_id`,
      [title, description, priority, requester.id, device ?? null],
    );
    const ticket_id = added.rows[0]?.ticket_id ?? "";
    await addNote(tx, ticket_id, "Opened.");
    return {
      ticket_id,
      title,
      priority,
      requester: requester.id,
      requester_name: requester.name,
      changed: true,
      before: null,
      after: { status: "new" as const, priority, title },
    };
  },
});

const cancelTicket = writeTool({
  name: "cancel_ticket",
  description: "Cancels an open ticket. Safe to repeat.",
  input: { ticket_id: Id },
  output: { ticket_id: Text, ...written(State, State) },
  async run(tx, { ticket_id }) {
    const { status } = await lockTicket(tx, ticket_id);
    if (status === "resolved" || status === "closed")
      throw new Refusal(`Ticket ${ticket_id} is already ${status}: it cannot be cancelled.`);
    const changed = status !== "cancelled";
    if (changed) {
      const sql = "update ticket set status = 'cancelled', updated_on = current_date where ticket_id = $1";
      await tx.query(sql, [ticket_id]);
      await addNote(tx, ticket_id, "Cancelled.");
    }
    return { ticket_id, changed, before: { status }, after: { status: "cancelled" as const } };
  },
});

const setTicketPriority = writeTool({
  name: "set_ticket_priority",
  description: "Changes the priority of an open ticket. Each change is kept, and can be skipped later.",
  input: { ticket_id: Id, priority: Priority },
  output: {
    ...{ ticket_id: Text, title: Text, priority: Priority, previous_priority: Priority, change_id: Text },
    ...written(Ranked, Ranked),
  },
  reversal: "event-sourced",
  compensation: "skip_priority_change",
  async run(tx, { ticket_id, priority }) {
    const ticket = await lockTicket(tx, ticket_id);
    if (ticket.status === "closed" || ticket.status === "cancelled")
      throw new Refusal(`Ticket ${ticket_id} is ${ticket.status}: its priority cannot be changed.`);
    const { title, priority: previous_priority } = ticket;
    const changed = previous_priority !== priority;
    const { rows } = await tx.query<{ change_id: string }>(
      `insert into priority_change (change_id, ticket_id, from_value, to_value)
       values ('PC-' || nextval('priority_change_number'), $1, $2, $3) returning change_id`,
      [ticket_id, previous_priority, priority],
    );
    await replayPriority(tx, ticket_id);
    if (changed) await addNote(tx, ticket_id, `Priority changed from ${previous_priority} to ${priority}.`);
    const before = { priority: previous_priority };
    const change_id = rows[0]?.change_id ?? "";
    return { ticket_id, title, priority, previous_priority, change_id, changed, before, after: { priority } };
  },
});

const skipPriorityChange = writeTool({
  name: "skip_priority_change",
  description: "Makes a ticket's record pass over one change of its priority; the others are replayed. Safe to repeat.",
  input: { change_id: Id },
  output: { ticket_id: Text, change_id: Text, ...written(Ranked, Ranked) },
  async run(tx, { change_id }) {
    const change = await oneRow<{ ticket_id: string; skipped: boolean }>(
      tx,
      "priority change",
      change_id,
      "select ticket_id, skipped from priority_change where change_id = $1 for update",
    );
    const { ticket_id, skipped } = change;
    const before = await lockTicket(tx, ticket_id);
    if (!skipped) {
      await tx.query("update priority_change set skipped = true where change_id = $1", [change_id]);
      await replayPriority(tx, ticket_id);
      await addNote(tx, ticket_id, `Priority change ${change_id} skipped.`);
    }
    const after = await lockTicket(tx, ticket_id);
    const rank = ({ priority }: Ticket) => ({ priority });
    return { ticket_id, change_id, changed: !skipped, before: rank(before), after: rank(after) };
  },
});

/** The priority that the changes of a ticket give, without those that are skipped. */
async function replayPriority(tx: Tx, ticketId: string): Promise<void> {
  await tx.query(
    `update ticket set updated_on = current_date, priority = coalesce(
       (select to_value from priority_change where ticket_id = $1 and not skipped order by position desc limit 1),
       (select from_value from priority_change where ticket_id = $1 order by position limit 1), priority)
     where ticket_id = $1`,
    [ticketId],
  );
}

async function lockTicket(tx: Tx, ticketId: string): Promise<Ticket> {
  await tx.query("select 1 from ticket where ticket_id = $1 for update", [ticketId]);
  return oneRow(tx, "ticket", ticketId, `select ${ticketColumns} from ticket_state where ticket_id = $1`);
}

async function addNote(tx: Tx, ticketId: string, note: string): Promise<void> {
  await tx.query(
    `insert into ticket_note (ticket_id, position, note)
     select $1, coalesce(max(position), 0) + 1, $2 from ticket_note where ticket_id = $1`,
    [ticketId, note],
  );
}

export const ticketWriteTools = [createTicket, cancelTicket, setTicketPriority, skipPriorityChange];
