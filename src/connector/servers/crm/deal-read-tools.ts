import { z } from "zod";
import { filterId, listRows } from "../lookup.ts";
import { Count, Day, EUR, Id, MAX_ROWS, Money, Nullable, Text, Wanted } from "../shapes.ts";
import { readTool } from "../tool.ts";
import { Deal, deal, readDeal, Stage, selectDeals } from "./deal.ts";
import { SALESPEOPLE } from "./salesperson-tools.ts";

const getOpportunity = readTool({
  name: "get_opportunity",
  description: "One opportunity with its stage, close date and next step.",
  input: { opportunity_id: Id },
  output: deal,
  async run(db, { opportunity_id }) {
    return { ...(await readDeal(db, opportunity_id)), currency: EUR };
  },
});

const StageChange = z.strictObject({
  change_id: Text,
  from_stage: Stage.nullable(),
  to_stage: Stage,
  by_name: Text,
  changed_on: Day,
  /** in to_stage, until the next change or today */
  days: Count,
});

const listStageChanges = readTool({
  name: "list_stage_changes",
  description: "The stages that an opportunity went through, the latest first, with the days it spent in each.",
  input: { opportunity_id: Id },
  output: { changes: z.array(StageChange), total_count: Count, days_open: Count },
  async run(db, { opportunity_id }) {
    const { rows, totals } = await listRows<z.infer<typeof StageChange>, { total_count: number; days_open: number }>(
      db,
      `select change_id, from_stage, to_stage, coalesce(p.name, 'Agent') as by_name, changed_on,
         case when to_stage in ('won', 'lost') then 0 else
           coalesce(lead(changed_on) over by_day, current_date) - changed_on end as days,
         count(*) over () as total_count,
         coalesce(max(changed_on) filter (where to_stage in ('won', 'lost')) over (), current_date)
           - min(changed_on) over () as days_open
       from stage_change left join person p on p.upn = by_upn
       where opportunity_id = $1 and not undone
       window by_day as (order by changed_on, change_id)
       order by changed_on desc, change_id desc limit ${MAX_ROWS}`,
      [opportunity_id],
      { total_count: 0, days_open: 0 },
    );
    return { changes: rows, ...totals };
  },
});

const Idle = Deal.extend({ what_is_wrong: Text });

const listWithoutNextStep = readTool({
  name: "list_without_next_step",
  description: "Open opportunities that have no next step, or one whose day has passed; of one salesperson or of all.",
  input: { owner: Wanted.optional() },
  output: {
    opportunities: z.array(Idle),
    total_count: Count,
    missing_count: Count,
    late_count: Count,
    total_amount: Money,
    owner: Nullable,
  },
  async run(db, { owner: wanted }) {
    const owner = await filterId(db, "salesperson", wanted, SALESPEOPLE);
    const none = { total_count: 0, missing_count: 0, late_count: 0, total_amount: "0.00" };
    const { rows, totals } = await listRows<z.infer<typeof Idle>, typeof none>(
      db,
      `select *, case when next_step is null then 'none planned' else next_step || ', late' end as what_is_wrong,
         count(*) over () as total_count, count(*) filter (where next_step is null) over () as missing_count,
         count(*) filter (where next_step is not null) over () as late_count, sum(amount) over () as total_amount
       from (${selectDeals}) as one
       where stage not in ('won', 'lost') and (next_step is null or next_step_due < current_date)
         and ($1::text is null or owner = $1)
       order by amount desc, opportunity_id limit ${MAX_ROWS}`,
      [owner],
      none,
    );
    return { opportunities: rows, ...totals, owner };
  },
});

export const dealReadTools = [getOpportunity, listStageChanges, listWithoutNextStep];
