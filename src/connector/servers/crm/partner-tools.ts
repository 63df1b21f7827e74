import { z } from "zod";
import { filterId, listRows, lookUp, oneRow } from "../lookup.ts";
import { Count, Currency, Day, MAX_ROWS, Money, Text, Wanted } from "../shapes.ts";
import { readTool } from "../tool.ts";
import { Stage } from "./deal.ts";

const PARTNERS = "select partner_id as id, name from partner";

const Tier = z.enum(["platinum", "gold", "silver", "registered"]);
const partner = {
  partner_id: Text,
  name: Text,
  tier: Tier,
  country: Text,
  margin_percent: Count,
  manager_name: Text,
  certified_until: Day,
  is_certified: z.boolean(),
  certificate: z.enum(["valid", "lapsed"]),
  partner_since: Day,
  open_deals: Count,
  open_amount: Money,
};
const Partner = z.strictObject(partner);
type Partner = z.infer<typeof Partner>;

const selectPartners = `select p.partner_id, p.name, p.tier, p.country, p.margin_percent, m.name as manager_name,
    p.certified_until, p.certified_until >= current_date as is_certified,
    case when p.certified_until >= current_date then 'valid' else 'lapsed' end as certificate, p.partner_since,
    count(o.*)::int as open_deals, coalesce(sum(o.amount), 0)::numeric(14, 2) as open_amount
  from partner p join person m on m.upn = p.manager
    left join partner_deal d on d.partner_id = p.partner_id and d.status in ('pending', 'approved')
    left join opportunity o on o.opportunity_id = d.opportunity_id and o.stage not in ('won', 'lost')
  group by p.partner_id, m.name`;

const listPartners = readTool({
  name: "list_partners",
  description: "Partners who sell for us, of one tier or of all, the highest margin first.",
  input: { tier: Tier.optional() },
  output: { partners: z.array(Partner), total_count: Count, lapsed_count: Count },
  async run(db, { tier }) {
    const none = { total_count: 0, lapsed_count: 0 };
    const { rows, totals } = await listRows<Partner, typeof none>(
      db,
      `select *, count(*) over () as total_count, count(*) filter (where not is_certified) over () as lapsed_count
       from (${selectPartners}) as one where $1::text is null or tier = $1
       order by margin_percent desc, name limit ${MAX_ROWS}`,
      [tier ?? null],
      none,
    );
    return { partners: rows, ...totals };
  },
});

const getPartner = readTool({
  name: "get_partner",
  description: "One partner: tier, margin, certificate, who looks after them, and what they are working on.",
  input: { partner: Wanted },
  output: partner,
  async run(db, { partner: wanted }) {
    const { id } = await lookUp(db, "partner", wanted, PARTNERS);
    return oneRow<Partner>(db, "partner", id, `select * from (${selectPartners}) as one where partner_id = $1`);
  },
});

const PartnerDeal = z.strictObject({
  registration_id: Text,
  partner_name: Text,
  opportunity_id: Text,
  title: Text,
  customer_name: Text,
  stage: Stage,
  amount: Money,
  currency: Currency,
  margin_percent: Count,
  status: z.enum(["pending", "approved", "rejected", "expired"]),
  registered_on: Day,
  protected_until: Day,
});

const listPartnerDeals = readTool({
  name: "list_partner_deals",
  description:
    "Deals that partners have registered and that are pending or approved, of one partner or of all, the next to lose protection first.",
  input: { partner: Wanted.optional() },
  output: { deals: z.array(PartnerDeal), total_count: Count, pending_count: Count, total_amount: Money },
  async run(db, { partner: wanted }) {
    const partnerId = await filterId(db, "partner", wanted, PARTNERS);
    const none = { total_count: 0, pending_count: 0, total_amount: "0.00" };
    const { rows, totals } = await listRows<z.infer<typeof PartnerDeal>, typeof none>(
      db,
      `select d.registration_id, p.name as partner_name, d.opportunity_id, o.title, c.name as customer_name, o.stage, o.amount,
         'EUR' as currency, p.margin_percent, d.status, d.registered_on, d.protected_until, count(*) over () as total_count,
         count(*) filter (where d.status = 'pending') over () as pending_count, sum(o.amount) over () as total_amount
       from partner_deal d join partner p using (partner_id) join opportunity o using (opportunity_id)
         join customer c using (customer_id)
       where d.status in ('pending', 'approved') and ($1::text is null or partner_id = $1)
       order by d.protected_until, d.registration_id limit ${MAX_ROWS}`,
      [partnerId],
      none,
    );
    return { deals: rows, ...totals };
  },
});

export const partnerTools = [listPartners, getPartner, listPartnerDeals];
