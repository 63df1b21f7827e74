import { z } from "zod";
import { filterId, listRows, lookUp, oneRow } from "../lookup.ts";
import { Count, Currency, Day, EUR, MAX_ROWS, Money, Text, Wanted } from "../shapes.ts";
import { readTool } from "../tool.ts";

const ASSETS = "select asset_id as id, name from fixed_asset";

const asset = {
  asset_id: Text,
  name: Text,
  class: Text,
  department: Text,
  location: Text,
  acquired_on: Day,
  cost: Money,
  residual_value: Money,
  life_months: Count,
  months_used: Count,
  months_left: Count,
  monthly_depreciation: Money,
  /** written off so far, straight line by full months */
  accumulated: Money,
  book_value: Money,
};
const Asset = z.strictObject(asset);
const columns = Object.keys(asset).join(", ");
const none = { total_count: 0, total_cost: "0.00", total_book_value: "0.00" };

const listFixedAssets = readTool({
  name: "list_fixed_assets",
  description: "The asset register with cost, depreciation so far and book value, the most valuable first.",
  input: { class: Wanted.optional(), department: Wanted.optional(), fully_depreciated: z.boolean().optional() },
  output: {
    assets: z.array(Asset),
    total_count: Count,
    total_cost: Money,
    total_book_value: Money,
    currency: Currency,
  },
  async run(db, { class: named, department, fully_depreciated }) {
    const assetClass = await filterId(
      db,
      "asset class",
      named,
      "select distinct class as id, class as name from fixed_asset",
    );
    const owner = await filterId(
      db,
      "department with fixed assets",
      department,
      "select distinct department as id, department as name from fixed_asset",
    );
    const { rows, totals } = await listRows<z.infer<typeof Asset>, typeof none>(
      db,
      `select ${columns}, count(*) over () as total_count, sum(cost) over () as total_cost,
         sum(book_value) over () as total_book_value
       from fixed_asset_state
       where ($1::text is null or class = $1) and ($2::text is null or department = $2)
         and ($3::boolean is null or (months_left = 0) = $3)
       order by book_value desc, cost desc, asset_id limit ${MAX_ROWS}`,
      [assetClass, owner, fully_depreciated ?? null],
      none,
    );
    return { assets: rows, ...totals, currency: EUR };
  },
});

const getFixedAsset = readTool({
  name: "get_fixed_asset",
  description: "One fixed asset, by its number or its name, with its depreciation.",
  input: { asset: Wanted },
  output: asset,
  async run(db, { asset: wanted }) {
    const { id } = await lookUp(db, "fixed asset", wanted, ASSETS);
    return oneRow<z.infer<typeof Asset>>(
      db,
      "fixed asset",
      id,
      `select ${columns} from fixed_asset_state where asset_id = $1`,
    );
  },
});

const listAssetNames = readTool({
  name: "list_asset_names",
  description: "What the fixed assets are called: their names, and their numbers too.",
  input: {},
  output: { names: z.array(z.strictObject({ name: Text })) },
  async run(db) {
    const { rows } = await db.query<{ name: string }>(
      "select name from fixed_asset union all select asset_id from fixed_asset order by name",
    );
    return { names: rows };
  },
});

export const assetTools = [listFixedAssets, getFixedAsset, listAssetNames];
