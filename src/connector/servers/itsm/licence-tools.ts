import { z } from "zod";
import { filterId, listRows, lookUp, oneRow } from "../lookup.ts";
import { Count, Day, MAX_ROWS, Money, Text, Wanted } from "../shapes.ts";
import { readTool } from "../tool.ts";

const PRODUCTS = "select licence_id as id, product as name from licence";

const licence = {
  licence_id: Text,
  product: Text,
  maker: Text,
  seats: Count,
  used: Count,
  free: Count,
  seat_price: Money,
  expires_on: Day,
  owner_name: Text,
};
const Licence = z.strictObject(licence);
const seatCount = "(select count(*) from licence_seat s where s.licence_id = l.licence_id)";
const licenceColumns = `l.licence_id, product, maker, seats, ${seatCount} as used, seats - ${seatCount} as free, seat_price,
  expires_on, o.name as owner_name`;
const LICENCES = "from licence l join person o on o.upn = l.owner";
const none = { total_count: 0, seat_count: 0, used_count: 0 };

const listLicences = readTool({
  name: "list_licences",
  description: "Software licences with their seats, how many are in use and how many are free.",
  input: { product: Wanted.optional() },
  output: { licences: z.array(Licence), total_count: Count, seat_count: Count, used_count: Count },
  async run(db, args) {
    const product = await filterId(db, "licence", args.product, PRODUCTS);
    const { rows, totals } = await listRows<z.infer<typeof Licence>, typeof none>(
      db,
      `select ${licenceColumns}, count(*) over () as total_count, sum(seats) over () as seat_count,
         sum(${seatCount}) over ()::int as used_count
       ${LICENCES} where ($1::text is null or l.licence_id = $1) order by product limit ${MAX_ROWS}`,
      [product],
      none,
    );
    return { licences: rows, ...totals };
  },
});

const Holder = z.strictObject({
  upn: Text,
  person_name: Text,
  department: Text,
  assigned_on: Day,
  last_used_on: Day.nullable(),
  /** not used for ninety days, or never */
  idle: z.boolean(),
});
const noHolders = { total_count: 0, idle_count: 0 };

const listLicenceHolders = readTool({
  name: "list_licence_holders",
  description: "Who holds a seat of a software licence, and who of them has not used it for ninety days.",
  input: { product: Wanted },
  output: { ...licence, holders: z.array(Holder), total_count: Count, idle_count: Count },
  async run(db, { product: wanted }) {
    const { id } = await lookUp(db, "licence", wanted, PRODUCTS);
    const sql = `select ${licenceColumns} ${LICENCES} where l.licence_id = $1`;
    const about = await oneRow<z.infer<typeof Licence>>(db, "licence", id, sql);
    const idle = "coalesce(last_used_on, assigned_on) < current_date - 90";
    const { rows, totals } = await listRows<z.infer<typeof Holder>, typeof noHolders>(
      db,
      `select upn, p.name as person_name, p.department, assigned_on, last_used_on, ${idle} as idle,
         count(*) over () as total_count, count(*) filter (where ${idle}) over () as idle_count
       from licence_seat join person p using (upn) where licence_id = $1
       order by idle desc, p.name limit ${MAX_ROWS}`,
      [id],
      noHolders,
    );
    return { ...about, holders: rows, ...totals };
  },
});

const Expiring = z.strictObject({ ...licence, yearly_price: Money });
const noneExpiring = { total_count: 0, expired_count: 0 };

const listExpiringLicences = readTool({
  name: "list_expiring_licences",
  description: "Software licences that have expired or will within a number of days, the first to end first.",
  input: { days: z.number().int().min(1).max(3650) },
  output: { licences: z.array(Expiring), total_count: Count, expired_count: Count },
  async run(db, { days }) {
    const { rows, totals } = await listRows<z.infer<typeof Expiring>, typeof noneExpiring>(
      db,
      `select ${licenceColumns}, seats * seat_price as yearly_price, count(*) over () as total_count,
         count(*) filter (where expires_on < current_date) over () as expired_count
       ${LICENCES} where expires_on <= current_date + $1::int order by expires_on, product limit ${MAX_ROWS}`,
      [days],
      noneExpiring,
    );
    return { licences: rows, ...totals };
  },
});

export const licenceTools = [listLicences, listLicenceHolders, listExpiringLicences];
