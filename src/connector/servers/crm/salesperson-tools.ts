import { z } from "zod";
import { listRows, lookUp } from "../lookup.ts";
import { Count, MAX_ROWS, Text, Wanted } from "../shapes.ts";
import { readTool } from "../tool.ts";

export const SALESPEOPLE = "select upn as id, name from person";

const Salesperson = z.strictObject({ upn: Text, name: Text });

const listSalespeople = readTool({
  name: "list_salespeople",
  description: "Everybody who has or had customers, deals or leads, by name.",
  input: {},
  output: { salespeople: z.array(Salesperson), total_count: Count },
  async run(db) {
    const { rows, totals } = await listRows<z.infer<typeof Salesperson>, { total_count: number }>(
      db,
      `select upn, name, count(*) over () as total_count from person order by name limit ${MAX_ROWS}`,
      [],
      { total_count: 0 },
    );
    return { salespeople: rows, ...totals };
  },
});

const getSalesperson = readTool({
  name: "get_salesperson",
  description: "One salesperson, with the number of leads and open deals that they have now.",
  input: { salesperson: Wanted },
  output: { upn: Text, name: Text, leads: Count, open_deals: Count },
  async run(db, { salesperson }) {
    const { id, name } = await lookUp(db, "salesperson", salesperson, SALESPEOPLE);
    const load = await db.query<{ leads: number; open_deals: number }>(
      `select (select count(*) from lead where owner = $1 and status = 'assigned') as leads,
         (select count(*) from opportunity where owner = $1 and stage not in ('won', 'lost')) as open_deals`,
      [id],
    );
    const { leads = 0, open_deals = 0 } = load.rows[0] ?? {};
    return { upn: id, name, leads, open_deals };
  },
});

export const salespersonTools = [listSalespeople, getSalesperson];
