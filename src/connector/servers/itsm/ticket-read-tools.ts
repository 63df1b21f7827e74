import { z } from "zod";
import { filterId, listRows, oneRow } from "../lookup.ts";
import { Count, Day, Id, MAX_ROWS, Text, Wanted } from "../shapes.ts";
import { readTool } from "../tool.ts";
import { PEOPLE, Priority, Ticket, TicketStatus, ticket, ticketColumns } from "./ticket.ts";

const listTickets = readTool({
  name: "list_tickets",
  description: "Tickets, the most urgent first. Status open means new, in progress or waiting.",
  input: {
    account: Wanted.optional(),
    requester: Wanted.optional(),
    assignee: Wanted.optional(),
    status: z.enum(["open", ...TicketStatus.options]).optional(),
    priority: Priority.optional(),
  },
  output: { tickets: z.array(Ticket), total_count: Count },
  async run(db, args) {
    const account = await filterId(db, "account", args.account, "select account_id as id, name from account");
    const requester = await filterId(db, "person", args.requester, PEOPLE);
    const assignee = await filterId(db, "person", args.assignee, PEOPLE);
    const { rows, totals } = await listRows<Ticket, { total_count: number }>(
      db,
      `select ${ticketColumns}, count(*) over () as total_count
       from ticket_state
       where ($1::text is null or account_id = $1) and ($2::text is null or requester = $2)
         and ($3::text is null or assignee = $3) and ($4::text is null or status = $4 or ($4 = 'open' and is_open))
         and ($5::text is null or priority = $5)
       order by array_position(array['critical', 'high', 'medium', 'low'], priority), due_on, ticket_id limit ${MAX_ROWS}`,
      [account, requester, assignee, args.status ?? null, args.priority ?? null],
      { total_count: 0 },
    );
    return { tickets: rows, ...totals };
  },
});

const Entry = z.strictObject({ on: Day, by_name: Text, note: Text });
const Described = z.strictObject({ ...ticket, description: Text });

const getTicket = readTool({
  name: "get_ticket",
  description: "One ticket with its description and history.",
  input: { ticket_id: Id },
  output: { ...ticket, description: Text, history: z.array(Entry) },
  async run(db, { ticket_id }) {
    const sql = `select ${ticketColumns}, description from ticket_state where ticket_id = $1`;
    const row = await oneRow<z.infer<typeof Described>>(db, "ticket", ticket_id, sql);
    const history = await db.query<z.infer<typeof Entry>>(
      `select on_day as "on", coalesce(p.name, 'Agent') as by_name, note
       from ticket_note left join person p on p.upn = by_upn where ticket_id = $1 order by position limit ${MAX_ROWS}`,
      [ticket_id],
    );
    return { ...row, history: history.rows };
  },
});

export const ticketReadTools = [listTickets, getTicket];
