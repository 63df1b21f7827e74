import { z } from "zod";
import { listRows, lookUp, oneRow } from "../lookup.ts";
import { Count, Currency, Day, MAX_ROWS, Money, Nullable, Text, Wanted } from "../shapes.ts";
import { readTool } from "../tool.ts";

export const CUSTOMERS = "select customer_id as id, name from customer";

const customer = {
  customer_id: Text,
  name: Text,
  country: Text,
  vat_number: Text,
  domain: Text,
  tier: z.enum(["strategic", "key", "standard"]),
  segment: Text,
  account_manager: Text,
  account_manager_name: Text,
  health: z.enum(["good", "watch", "at-risk"]),
};
const customerColumns = `c.customer_id, c.name, c.country, c.vat_number, c.domain, c.tier, c.segment, c.account_manager,
  m.name as account_manager_name, c.health`;
const Customer = z.strictObject(customer);
const Contact = z.strictObject({
  contact_id: Text,
  name: Text,
  title: Text,
  email: Text,
  phone: Text,
  is_primary: z.boolean(),
});
const Activity = z.strictObject({ on: Day, by_name: Text, note: Text });

const findCustomers = readTool({
  name: "find_customers",
  description: "Finds customers by part of their name, segment, country or domain. Without a query it lists all.",
  input: { query: Wanted.optional() },
  output: { customers: z.array(Customer), total_count: Count },
  async run(db, { query }) {
    const { rows, totals } = await listRows<z.infer<typeof Customer>, { total_count: number }>(
      db,
      `select ${customerColumns}, count(*) over () as total_count
       from customer c join person m on m.upn = c.account_manager
       where $1::text is null or strpos(lower(concat_ws(' ', c.customer_id, c.name, c.segment, c.country, c.domain)), lower($1)) > 0
       order by c.name limit ${MAX_ROWS}`,
      [query ?? null],
      { total_count: 0 },
    );
    return { customers: rows, ...totals };
  },
});

const details = {
  parent_customer_id: Nullable,
  parent_name: Nullable,
  health_notes: Text,
  customer_since: Day,
  open_opportunities: Count,
  open_pipeline: Money,
  won_amount: Money,
  currency: Currency,
  last_activity: Day.nullable(),
};
const Details = z.strictObject({ ...customer, ...details });

const getCustomer = readTool({
  name: "get_customer",
  description: "One customer with its account manager, parent account, health, pipeline and latest activities.",
  input: { customer: Wanted },
  output: { ...customer, ...details, recent_activities: z.array(Activity) },
  async run(db, { customer: wanted }) {
    const { id } = await lookUp(db, "customer", wanted, CUSTOMERS);
    const row = await oneRow<z.infer<typeof Details>>(
      db,
      "customer",
      id,
      `select ${customerColumns}, c.parent_customer_id, p.name as parent_name, c.health_notes, c.customer_since,
         count(o.*) filter (where o.stage not in ('won', 'lost'))::int as open_opportunities,
         coalesce(sum(o.amount) filter (where o.stage not in ('won', 'lost')), 0)::numeric(14, 2) as open_pipeline,
         coalesce(sum(o.amount) filter (where o.stage = 'won'), 0)::numeric(14, 2) as won_amount, 'EUR' as currency,
         (select max(on_day) from activity a where a.customer_id = c.customer_id and not a.deleted) as last_activity
       from customer c join person m on m.upn = c.account_manager
         left join customer p on p.customer_id = c.parent_customer_id
         left join opportunity o on o.customer_id = c.customer_id
       where c.customer_id = $1 group by c.customer_id, m.name, p.name`,
    );
    const activities = await db.query<z.infer<typeof Activity>>(
      `select on_day as "on", coalesce(p.name, 'Agent') as by_name, note
       from activity left join person p on p.upn = by_upn
       where customer_id = $1 and not deleted order by on_day desc, activity_id desc limit 5`,
      [id],
    );
    return { ...row, recent_activities: activities.rows };
  },
});

const listContacts = readTool({
  name: "list_contacts",
  description: "The contact persons of a customer, the primary one first.",
  input: { customer: Wanted },
  output: { customer_id: Text, customer_name: Text, contacts: z.array(Contact), total_count: Count },
  async run(db, { customer: wanted }) {
    const { id, name } = await lookUp(db, "customer", wanted, CUSTOMERS);
    const { rows, totals } = await listRows<z.infer<typeof Contact>, { total_count: number }>(
      db,
      `select contact_id, name, title, email, phone, is_primary, count(*) over () as total_count
       from contact where customer_id = $1 order by is_primary desc, name limit ${MAX_ROWS}`,
      [id],
      { total_count: 0 },
    );
    return { customer_id: id, customer_name: name, contacts: rows, ...totals };
  },
});

const GroupMember = z.strictObject({
  customer_id: Text,
  name: Text,
  parent_customer_id: Nullable,
  /** the company at the top, itself where it belongs to nobody */
  group_name: Text,
});

const listGroups = readTool({
  name: "list_groups",
  description: "The account hierarchy: which customers belong together, each with the company at the top of its group.",
  input: {},
  output: { customers: z.array(GroupMember), total_count: Count },
  async run(db) {
    const { rows, totals } = await listRows<z.infer<typeof GroupMember>, { total_count: number }>(
      db,
      `with recursive tree as (
         select customer_id, name as group_name from customer where parent_customer_id is null
         union all
         select c.customer_id, t.group_name from customer c join tree t on t.customer_id = c.parent_customer_id)
       select c.customer_id, c.name, c.parent_customer_id, t.group_name, count(*) over () as total_count
       from customer c join tree t using (customer_id) order by t.group_name, c.parent_customer_id nulls first, c.name
       limit ${MAX_ROWS}`,
      [],
      { total_count: 0 },
    );
    return { customers: rows, ...totals };
  },
});

export const customerTools = [findCustomers, getCustomer, listContacts, listGroups];
