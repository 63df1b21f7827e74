import { z } from "zod";
import { filterId, listRows, lookUp, oneRow } from "../lookup.ts";
import { Count, Currency, Day, Days, MAX_ROWS, Money, Text, Wanted } from "../shapes.ts";
import { readTool } from "../tool.ts";

export const PRODUCTS = "select product_id as id, name from product";

const Family = z.enum(["devices", "software", "services", "spare parts", "consumables"]);
const product = {
  product_id: Text,
  name: Text,
  family: Family,
  unit: Text,
  list_price: Money,
  currency: Currency,
  /** percent that may be given without asking */
  max_discount: Count,
};
const Product = z.strictObject(product);
const productColumns = "p.product_id, p.name, p.family, p.unit, p.list_price, 'EUR' as currency, p.max_discount";

const listProducts = readTool({
  name: "list_products",
  description: "The price list, of one family of products or of all, by name.",
  input: { family: Family.optional() },
  output: { products: z.array(Product), total_count: Count },
  async run(db, { family }) {
    const { rows, totals } = await listRows<z.infer<typeof Product>, { total_count: number }>(
      db,
      `select ${productColumns}, count(*) over () as total_count from product p
       where $1::text is null or family = $1 order by name limit ${MAX_ROWS}`,
      [family ?? null],
      { total_count: 0 },
    );
    return { products: rows, ...totals };
  },
});

const details = { previous_price: Money.nullable(), changed_on: Day.nullable() };
const Details = z.strictObject({ ...product, ...details });

const getProduct = readTool({
  name: "get_product",
  description: "One product of the price list, with its price before the last change.",
  input: { product: Wanted },
  output: { ...product, ...details },
  async run(db, { product: wanted }) {
    const { id } = await lookUp(db, "product", wanted, PRODUCTS);
    return oneRow<z.infer<typeof Details>>(
      db,
      "product",
      id,
      `select ${productColumns}, h.from_price as previous_price, h.changed_on
       from product p left join lateral (
         select from_price, changed_on from price_change c where c.product_id = p.product_id
         order by changed_on desc limit 1) h on true
       where p.product_id = $1`,
    );
  },
});

const PriceChange = z.strictObject({
  change_id: Text,
  product_id: Text,
  product_name: Text,
  family: Family,
  from_price: Money,
  to_price: Money,
  currency: Currency,
  changed_on: Day,
  reason: Text,
});

const listPriceChanges = readTool({
  name: "list_price_changes",
  description: "Changes of list prices in the last days, of one product or of all, the latest first.",
  input: { product: Wanted.optional(), since_days: Days.optional() },
  output: { price_changes: z.array(PriceChange), total_count: Count, raised_count: Count, lowered_count: Count },
  async run(db, { product: wanted, since_days }) {
    const productId = await filterId(db, "product", wanted, PRODUCTS);
    const none = { total_count: 0, raised_count: 0, lowered_count: 0 };
    const { rows, totals } = await listRows<z.infer<typeof PriceChange>, typeof none>(
      db,
      `select change_id, c.product_id, p.name as product_name, p.family, from_price, to_price, 'EUR' as currency,
         changed_on, reason, count(*) over () as total_count,
         count(*) filter (where to_price > from_price) over () as raised_count,
         count(*) filter (where to_price < from_price) over () as lowered_count
       from price_change c join product p using (product_id)
       where ($1::text is null or c.product_id = $1) and ($2::int is null or changed_on >= current_date - $2::int)
       order by changed_on desc, p.name limit ${MAX_ROWS}`,
      [productId, since_days ?? null],
      none,
    );
    return { price_changes: rows, ...totals };
  },
});

export const productTools = [listProducts, getProduct, listPriceChanges];
