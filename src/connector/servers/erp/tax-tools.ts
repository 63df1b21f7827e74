import { z } from "zod";
import { filterId, listRows } from "../lookup.ts";
import { Count, Currency, Day, EUR, MAX_ROWS, Money, Nullable, Text, Wanted } from "../shapes.ts";
import { readTool } from "../tool.ts";

const COUNTRIES = "select country as id, name from tax_rate";
const Rate = z.string().regex(/^\d+\.\d$/);
const Period = z.enum(["this-month", "last-month", "this-quarter", "last-quarter"]);

const Vat = z.strictObject({
  country: Text,
  country_name: Text,
  documents: Count,
  output_base: Money,
  output_vat: Money,
  input_vat: Money,
  /** what we owe; negative where the office owes us */
  due: Money,
});
const noVat = { total_output: "0.00", total_input: "0.00", total_due: "0.00" };

const computeVat = readTool({
  name: "compute_vat",
  description: "VAT due of a period by country: tax on what we sold minus tax on what we bought, from the VAT ledger.",
  input: { period: Period, country: Wanted.optional() },
  output: {
    ...{ from: Day, to: Day, countries: z.array(Vat) },
    ...{ total_output: Money, total_input: Money, total_due: Money, currency: Currency },
  },
  async run(db, { period, country }) {
    const wanted = await filterId(db, "country", country, COUNTRIES);
    const unit = period.endsWith("month") ? "month" : "quarter";
    const back = period.startsWith("last") ? 1 : 0;
    const bounds = await db.query<{ from: string; to: string }>(
      `select first::date as "from", (first + one - interval '1 day')::date as "to"
       from (select case $1 when 'month' then interval '1 month' else interval '3 months' end as one) as length,
         lateral (select date_trunc($1, current_date::timestamp) - $2::int * one as first) as start`,
      [unit, back],
    );
    const { from = "", to = "" } = bounds.rows[0] ?? {};
    const { rows, totals } = await listRows<z.infer<typeof Vat>, typeof noVat>(
      db,
      `select *, output_vat - input_vat as due, sum(output_vat) over () as total_output,
         sum(input_vat) over () as total_input, sum(output_vat - input_vat) over () as total_due
       from (
         select v.country, r.name as country_name, count(*)::int as documents,
           coalesce(sum(base_amount) filter (where direction = 'output'), 0)::numeric(14, 2) as output_base,
           coalesce(sum(vat_amount) filter (where direction = 'output'), 0)::numeric(14, 2) as output_vat,
           coalesce(sum(vat_amount) filter (where direction = 'input'), 0)::numeric(14, 2) as input_vat
         from vat_entry v join tax_rate r using (country)
         where posted_on between $1 and $2 and ($3::text is null or v.country = $3) group by v.country, r.name) as one
       order by output_vat - input_vat desc, country limit ${MAX_ROWS}`,
      [from, to, wanted],
      noVat,
    );
    return { from, to, countries: rows, ...totals, currency: EUR };
  },
});

const Filing = z.strictObject({
  filing_id: Text,
  kind: Text,
  country: Text,
  country_name: Text,
  authority: Text,
  period: Text,
  due_on: Day,
  filed_on: Day.nullable(),
  responsible_name: Text,
  status: z.enum(["open", "late", "filed"]),
  /** negative where the day has passed */
  days_left: z.number().int(),
});

const listTaxFilings = readTool({
  name: "list_tax_filings",
  description: "Tax returns by the day on which they must be filed, with who prepares them.",
  input: { country: Wanted.optional(), open_only: z.boolean().optional() },
  output: { filings: z.array(Filing), total_count: Count, late_count: Count, next_due_on: Day.nullable() },
  async run(db, { country, open_only }) {
    const wanted = await filterId(db, "country", country, COUNTRIES);
    const none: { total_count: number; late_count: number; next_due_on: string | null } = {
      ...{ total_count: 0, late_count: 0, next_due_on: null },
    };
    const { rows, totals } = await listRows<z.infer<typeof Filing>, typeof none>(
      db,
      `select filing_id, kind, f.country, r.name as country_name, authority, period, due_on, filed_on,
         p.name as responsible_name, due_on - current_date as days_left, count(*) over () as total_count,
         case when filed_on is not null then 'filed' when due_on < current_date then 'late' else 'open' end as status,
         count(*) filter (where filed_on is null and due_on < current_date) over () as late_count,
         min(due_on) filter (where filed_on is null and due_on >= current_date) over () as next_due_on
       from tax_filing f join tax_rate r using (country) join person p on p.upn = responsible
       where ($1::text is null or f.country = $1) and (not $2 or filed_on is null)
       order by due_on, filing_id limit ${MAX_ROWS}`,
      [wanted, open_only ?? false],
      none,
    );
    return { filings: rows, ...totals };
  },
});

const TaxRate = z.strictObject({
  country: Text,
  name: Text,
  tax_name: Text,
  standard_rate: Rate,
  reduced_rate: Rate.nullable(),
  reduced_for: Nullable,
});

const listTaxRates = readTool({
  name: "list_tax_rates",
  description: "Standard and reduced VAT rates by country, the highest first.",
  input: { country: Wanted.optional() },
  output: { rates: z.array(TaxRate), total_count: Count },
  async run(db, { country }) {
    const wanted = await filterId(db, "country", country, COUNTRIES);
    const { rows, totals } = await listRows<z.infer<typeof TaxRate>, { total_count: number }>(
      db,
      `select *, count(*) over () as total_count from tax_rate where $1::text is null or country = $1
       order by standard_rate desc, name limit ${MAX_ROWS}`,
      [wanted],
      { total_count: 0 },
    );
    return { rates: rows, ...totals };
  },
});

export const taxTools = [computeVat, listTaxFilings, listTaxRates];
