import { z } from "zod";
import { filterId, listRows, oneRow } from "../lookup.ts";
import { Count, Currency, Day, EUR, Id, MAX_ROWS, Money, Text, Wanted } from "../shapes.ts";
import { readTool } from "../tool.ts";

const VENDORS = "select vendor_id as id, name from vendor";
const CENTERS = "select distinct cost_center as id, cost_center as name from purchase_order";
const OrderStatus = z.enum(["open", "closed", "cancelled"]);

const order = {
  po_id: Text,
  vendor_id: Text,
  vendor_name: Text,
  cost_center: Text,
  requester_name: Text,
  description: Text,
  ordered_on: Day,
  expected_on: Day,
  status: OrderStatus,
  ordered_amount: Money,
  received_amount: Money,
  invoiced_amount: Money,
  /** received, and not yet on a bill of the vendor */
  unbilled_amount: Money,
  /** 0 where everything came, or is not yet due */
  days_late: Count,
};
const Order = z.strictObject(order);
const columns = Object.keys(order).join(", ");
const none = { total_count: 0, total_ordered: "0.00", total_unbilled: "0.00" };

const listPurchaseOrders = readTool({
  name: "list_purchase_orders",
  description:
    "Purchase orders by the day on which their goods are expected, with what was ordered, received and invoiced.",
  input: {
    vendor: Wanted.optional(),
    cost_center: Wanted.optional(),
    status: OrderStatus.optional(),
    unbilled_only: z.boolean().optional(),
  },
  output: {
    orders: z.array(Order),
    total_count: Count,
    total_ordered: Money,
    total_unbilled: Money,
    currency: Currency,
  },
  async run(db, { vendor, cost_center, status, unbilled_only }) {
    const vendorId = await filterId(db, "vendor", vendor, VENDORS);
    const center = await filterId(db, "cost center with purchase orders", cost_center, CENTERS);
    const { rows, totals } = await listRows<z.infer<typeof Order>, typeof none>(
      db,
      `select ${columns}, count(*) over () as total_count, sum(ordered_amount) over () as total_ordered,
         sum(unbilled_amount) over () as total_unbilled
       from purchase_order_state
       where ($1::text is null or vendor_id = $1) and ($2::text is null or cost_center = $2)
         and ($3::text is null or status = $3) and (not $4 or unbilled_amount > 0)
       order by expected_on, po_id limit ${MAX_ROWS}`,
      [vendorId, center, status ?? null, unbilled_only ?? false],
      none,
    );
    return { orders: rows, ...totals, currency: EUR };
  },
});

const Line = z.strictObject({
  line_no: Count,
  item: Text,
  quantity: Count,
  unit_price: Money,
  amount: Money,
  received_quantity: Count,
  invoiced_quantity: Count,
});

const getPurchaseOrder = readTool({
  name: "get_purchase_order",
  description: "One purchase order with its lines: what was ordered, received and invoiced.",
  input: { po_id: Id },
  output: { ...order, lines: z.array(Line) },
  async run(db, { po_id }) {
    const sql = `select ${columns} from purchase_order_state where po_id = $1`;
    const one = await oneRow<z.infer<typeof Order>>(db, "purchase order", po_id, sql);
    const lines = await db.query<z.infer<typeof Line>>(
      `select line_no, item, quantity, unit_price, (quantity * unit_price)::numeric(14, 2) as amount, received_quantity,
         invoiced_quantity
       from purchase_order_line where po_id = $1 order by line_no limit ${MAX_ROWS}`,
      [po_id],
    );
    return { ...one, lines: lines.rows };
  },
});

const Vendor = z.strictObject({
  vendor_id: Text,
  name: Text,
  country: Text,
  payment_terms_days: Count,
  open_orders: Count,
});

const listVendors = readTool({
  name: "list_vendors",
  description: "Vendors with their payment terms and the number of their open purchase orders.",
  input: {},
  output: { vendors: z.array(Vendor), total_count: Count },
  async run(db) {
    const { rows, totals } = await listRows<z.infer<typeof Vendor>, { total_count: number }>(
      db,
      `select vendor_id, v.name, v.country, payment_terms_days,
         count(po_id) filter (where status = 'open')::int as open_orders, count(*) over () as total_count
       from vendor v left join purchase_order using (vendor_id) group by vendor_id order by v.name limit ${MAX_ROWS}`,
      [],
      { total_count: 0 },
    );
    return { vendors: rows, ...totals };
  },
});

export const purchaseOrderTools = [listPurchaseOrders, getPurchaseOrder, listVendors];
