import { z } from "zod";
import { filterId, listRows } from "../lookup.ts";
import { Count, Day, MAX_ROWS, Money, Text, Wanted } from "../shapes.ts";
import { readTool } from "../tool.ts";
import { DEPARTMENTS } from "./ticket.ts";

const DeviceKind = z.enum(["laptop", "desktop", "phone", "server", "tablet"]);
const asset = { device_id: Text, kind: DeviceKind, model: Text, owner_name: Text, department: Text };
const Covered = z.strictObject({ ...asset, warranty_until: Day });

const listEndingWarranties = readTool({
  name: "list_ending_warranties",
  description: "Devices in use whose warranty ends within a number of days, the first to end first.",
  input: { days: z.number().int().min(1).max(3650), kind: DeviceKind.optional() },
  output: {
    devices: z.array(Covered),
    total_count: Count,
    /** devices in use of that kind whose warranty has ended already */
    ended_count: Count,
  },
  async run(db, { days, kind }) {
    const { rows, totals } = await listRows<z.infer<typeof Covered>, { total_count: number; ended_count: number }>(
      db,
      `select device_id, kind, model, p.name as owner_name, p.department, warranty_until, count(*) over () as total_count,
         (select count(*) from device where status = 'in-use' and warranty_until < current_date
           and ($2::text is null or kind = $2)) as ended_count
       from device d join person p on p.upn = d.owner
       where status = 'in-use' and warranty_until between current_date and current_date + $1::int
         and ($2::text is null or kind = $2)
       order by warranty_until, device_id limit ${MAX_ROWS}`,
      [days, kind ?? null],
      { total_count: 0, ended_count: 0 },
    );
    return { devices: rows, ...totals };
  },
});

const Due = z.strictObject({ ...asset, purchased_on: Day, due_since: Day, successor: Text, price: Money });

const listDueReplacements = readTool({
  name: "list_due_replacements",
  description:
    "Devices in use that have served longer than their kind should, the oldest first, with what replaces them.",
  input: { kind: DeviceKind.optional(), department: Wanted.optional() },
  output: { devices: z.array(Due), total_count: Count },
  async run(db, args) {
    const department = await filterId(db, "department", args.department, DEPARTMENTS);
    const { rows, totals } = await listRows<z.infer<typeof Due>, { total_count: number }>(
      db,
      `select device_id, d.kind, d.model, p.name as owner_name, p.department, purchased_on,
         (purchased_on + months * interval '1 month')::date as due_since, r.model as successor, price,
         count(*) over () as total_count
       from device d join person p on p.upn = d.owner join replacement_rule r on r.kind = d.kind
       where status = 'in-use' and purchased_on + months * interval '1 month' <= current_date
         and ($1::text is null or d.kind = $1) and ($2::text is null or p.department = $2)
       order by purchased_on, device_id limit ${MAX_ROWS}`,
      [args.kind ?? null, department],
      { total_count: 0 },
    );
    return { devices: rows, ...totals };
  },
});

const StockKind = z.enum(["laptop", "phone", "tablet", "accessory", "part"]);
const Item = z.strictObject({
  item_id: Text,
  item: Text,
  kind: StockKind,
  place: Text,
  on_hand: Count,
  minimum: Count,
  on_order: Count,
  expected_on: Day.nullable(),
});
const noItems = { total_count: 0, low_count: 0 };

const listSpares = readTool({
  name: "list_spares",
  description: "The stock of spare devices, accessories and parts, with what is on order.",
  input: { item: Wanted.optional(), kind: StockKind.optional() },
  output: {
    items: z.array(Item),
    total_count: Count,
    /** items of which fewer are there than there should be */
    low_count: Count,
  },
  async run(db, args) {
    const item = await filterId(db, "item", args.item, "select item_id as id, item as name from spare_stock");
    const { rows, totals } = await listRows<z.infer<typeof Item>, typeof noItems>(
      db,
      `select item_id, item, kind, place, on_hand, minimum, on_order, expected_on, count(*) over () as total_count,
         count(*) filter (where on_hand < minimum) over () as low_count
       from spare_stock where ($1::text is null or item_id = $1) and ($2::text is null or kind = $2)
       order by item_id limit ${MAX_ROWS}`,
      [item, args.kind ?? null],
      noItems,
    );
    return { items: rows, ...totals };
  },
});

export const assetTools = [listEndingWarranties, listDueReplacements, listSpares];
