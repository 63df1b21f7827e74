import { z } from "zod";
import { listRows, lookUp, oneRow } from "../lookup.ts";
import { Count, Currency, Day, MAX_ROWS, Money, Text, Wanted } from "../shapes.ts";
import { readTool } from "../tool.ts";

const Channel = z.enum(["e-mail", "webinar", "trade fair", "event", "search ads", "social media"]);
const State = z.enum(["planned", "running", "over"]);
const campaign = {
  campaign_id: Text,
  name: Text,
  channel: Channel,
  state: State,
  starts_on: Day,
  ends_on: Day,
  budget: Money,
  spent: Money,
  currency: Currency,
  reached: Count,
  responses: Count,
  leads: Count,
};
const Campaign = z.strictObject(campaign);
type Campaign = z.infer<typeof Campaign>;

const selectCampaigns = `select campaign_id, name, channel,
    case when starts_on > current_date then 'planned' when ends_on < current_date then 'over' else 'running' end as state,
    starts_on, ends_on, budget, spent, 'EUR' as currency, reached, responses, leads
  from campaign`;

const listCampaigns = readTool({
  name: "list_campaigns",
  description: "Campaigns of marketing by channel and state, the latest first, with totals over all matches.",
  input: { channel: Channel.optional(), state: State.optional() },
  output: {
    campaigns: z.array(Campaign),
    total_count: Count,
    total_budget: Money,
    total_spent: Money,
    total_responses: Count,
    total_leads: Count,
  },
  async run(db, { channel, state }) {
    const none = { total_count: 0, total_budget: "0.00", total_spent: "0.00", total_responses: 0, total_leads: 0 };
    const { rows, totals } = await listRows<Campaign, typeof none>(
      db,
      `select *, count(*) over () as total_count, sum(budget) over () as total_budget, sum(spent) over () as total_spent,
         sum(responses) over () as total_responses, sum(leads) over () as total_leads
       from (${selectCampaigns}) as one
       where ($1::text is null or channel = $1) and ($2::text is null or state = $2)
       order by starts_on desc, name limit ${MAX_ROWS}`,
      [channel ?? null, state ?? null],
      none,
    );
    return { campaigns: rows, ...totals };
  },
});

const getCampaign = readTool({
  name: "get_campaign",
  description: "One campaign: its period, money, reach, responses and leads.",
  input: { campaign: Wanted },
  output: campaign,
  async run(db, { campaign: wanted }) {
    const { id } = await lookUp(db, "campaign", wanted, "select campaign_id as id, name from campaign");
    return oneRow<Campaign>(db, "campaign", id, `${selectCampaigns} where campaign_id = $1`);
  },
});

export const campaignTools = [listCampaigns, getCampaign];
