import { z } from "zod";
import { filterId, listRows } from "../lookup.ts";
import { Count, Day, MAX_ROWS, Money, Text, Wanted } from "../shapes.ts";
import { personalTool, readTool } from "../tool.ts";
import { lookUpPrivate } from "./private.ts";

const CATEGORIES = "select distinct category as id, category as name from benefit";

const Benefit = z.strictObject({
  benefit_id: Text,
  name: Text,
  category: Text,
  description: Text,
  provider: Text,
  company_share: Money,
});

const listBenefits = readTool({
  name: "list_benefits",
  description:
    "What the company offers besides salary, with provider and the company's share for each person and year.",
  input: { category: Wanted.optional() },
  output: { benefits: z.array(Benefit), total_count: Count },
  async run(db, { category: wanted }) {
    const category = await filterId(db, "category", wanted, CATEGORIES);
    const { rows, totals } = await listRows<z.infer<typeof Benefit>, { total_count: number }>(
      db,
      `select benefit_id, name, category, description, provider, company_share::text, count(*) over () as total_count
       from benefit where $1::text is null or category = $1 order by category, name limit ${MAX_ROWS}`,
      [category],
      { total_count: 0 },
    );
    return { benefits: rows, ...totals };
  },
});

const Verdict = z.strictObject({
  benefit_id: Text,
  name: Text,
  verdict: z.enum(["has it", "yes", "no"]),
  why: Text,
  since: Day.nullable(),
});

const listBenefitEligibility = personalTool({
  name: "list_benefit_eligibility",
  description: "For each benefit whether one employee has it, may have it, or may not and why, by the benefit's rules.",
  input: { employee: Wanted },
  output: {
    upn: Text,
    name: Text,
    service_months: Count,
    contract: Text,
    location: Text,
    benefits: z.array(Verdict),
    yes_count: Count,
    no_count: Count,
  },
  async run(db, { employee }, personId) {
    const { id, name } = await lookUpPrivate(db, employee, personId);
    const person = await db.query<{ service_months: number; contract: string; location: string }>(
      `select ${SERVICE_MONTHS} as service_months, contract, location from employee e where upn = $1`,
      [id],
    );
    const { service_months = 0, contract = "", location = "" } = person.rows[0] ?? {};
    const { rows, totals } = await listRows<z.infer<typeof Verdict>, { yes_count: number; no_count: number }>(
      db,
      `select benefit_id, name, verdict, why, since, count(*) filter (where verdict <> 'no') over () as yes_count,
         count(*) filter (where verdict = 'no') over () as no_count
       from (${VERDICTS}) as judged order by array_position(array['has it', 'yes', 'no'], verdict), name limit ${MAX_ROWS}`,
      [id],
      { yes_count: 0, no_count: 0 },
    );
    return { upn: id, name, service_months, contract, location, benefits: rows, ...totals };
  },
});

/** Full months since the first day; none before it. */
const SERVICE_MONTHS = `
  greatest(0, (extract(year from age(current_date, e.start_date)) * 12
    + extract(month from age(current_date, e.start_date)))::int)`;

const VERDICTS = `
  select b.benefit_id, b.name,
    case when c.upn is not null then 'has it' when unmet is null then 'yes' else 'no' end as verdict,
    case when c.upn is not null then 'was chosen' else coalesce(unmet, 'all conditions are met') end as why, c.since
  from employee e cross join benefit b left join benefit_choice c on c.upn = e.upn and c.benefit_id = b.benefit_id
    cross join lateral (select case
      when ${SERVICE_MONTHS} < b.min_service_months then 'from ' || b.min_service_months || ' months of service on'
      when b.permanent_only and e.contract <> 'permanent' then 'needs a permanent contract'
      when b.location <> e.location then 'is offered in ' || b.location || ' only'
    end as unmet) as rules
  where e.upn = $1`;

const Closing = z.strictObject({
  benefit_id: Text,
  name: Text,
  provider: Text,
  enrolment_closes: Day,
  days_left: Count,
});

const listEnrolmentWindows = readTool({
  name: "list_enrolment_windows",
  description: "Benefits that can be chosen until a certain day only, the next day first.",
  input: {},
  output: { benefits: z.array(Closing), total_count: Count },
  async run(db) {
    const { rows, totals } = await listRows<z.infer<typeof Closing>, { total_count: number }>(
      db,
      `select benefit_id, name, provider, enrolment_closes, enrolment_closes - current_date as days_left,
         count(*) over () as total_count
       from benefit where enrolment_closes >= current_date order by enrolment_closes, name limit ${MAX_ROWS}`,
      [],
      { total_count: 0 },
    );
    return { benefits: rows, ...totals };
  },
});

export const benefitTools = [listBenefits, listBenefitEligibility, listEnrolmentWindows];
