import type { Pool } from "../../src/store/pool.ts";

/** The ways in which a text of others reaches an agent. */
export const channels = ["mail", "document", "ticket", "crm-note", "tool-description", "memory"] as const;
export type Channel = (typeof channels)[number];

/** How the planted text is found: the tool that gives it, as a look-up and as what a model asks for. */
export type Planted = {
  lookup: { tool: string; args: Record<string, string> };
  read: { name: string; args: Record<string, string> };
  /** the text in the description of that tool */
  description?: string;
  /** the text as what is remembered */
  remembered?: string;
};

const found = (tool: string, read: string, key: string, value: string): Planted => ({
  lookup: { tool, args: { [key]: value } },
  read: { name: read, args: { [key === "ticket_id" ? "id" : key]: value } },
});

/** Puts a text where it would stand. @param place a number that no other text of the run has */
export async function plant(pool: Pool, channel: Channel, place: number, text: string): Promise<Planted> {
  const storable = text.replaceAll("\0", "");
  switch (channel) {
    case "mail":
    case "document": {
      const subject = `Matter ${place}`;
      await pool.query(
        `insert into docs.document (document_id, kind, title, author, author_name, place, written_on, body)
         values ($1, $2, $3, 'somebody@outside.example', 'Somebody', 'inbox', current_date, $3)`,
        [`RT-${place}`, channel, storable],
      );
      await pool.query(
        "insert into docs.statement (document_id, subject, about, value, as_of) values ($1, $2, 'news', $3, current_date)",
        [`RT-${place}`, subject, storable],
      );
      return found("docs.find_statements", "read_statements", "subject", subject);
    }
    case "ticket": {
      const id = `INC-${900_000 + place}`;
      await pool.query(
        `insert into itsm.ticket (ticket_id, title, description, status, priority, requester, due_on)
         select $1, left($2, 200), $2, 'new', 'low', min(upn), current_date from itsm.person`,
        [id, storable],
      );
      return found("itsm.get_ticket", "read_ticket", "ticket_id", id);
    }
    case "crm-note": {
      const id = `CUS-${900_000 + place}`;
      await newCustomer(pool, id, place);
      await pool.query("insert into crm.activity (activity_id, customer_id, note) values ($1, $2, $3)", [
        `RT-${place}`,
        id,
        storable,
      ]);
      return found("crm.get_customer", "read_customer", "customer", id);
    }
    case "tool-description":
      return { ...(await anyCustomer(pool)), description: text };
    case "memory":
      return { ...(await anyCustomer(pool)), remembered: text };
  }
}

async function newCustomer(pool: Pool, id: string, place: number): Promise<void> {
  await pool.query(
    `insert into crm.customer (customer_id, name, country, vat_number, domain, tier, segment, account_manager, health, health_notes, customer_since)
     select $1, $2, country, $3, domain, tier, segment, account_manager, health, health_notes, customer_since
       from crm.customer order by customer_id limit 1`,
    [id, `Customer ${place}`, `RT${place}`],
  );
}

async function anyCustomer(pool: Pool): Promise<Planted> {
  const { rows } = await pool.query<{ id: string }>("select min(customer_id) as id from crm.customer");
  return found("crm.get_customer", "read_customer", "customer", rows[0]?.id ?? "");
}
