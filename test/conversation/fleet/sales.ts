import type { Scene } from "./scene.ts";

/** As the cards write them. */
const euro = (amount: string) => `to_char(${amount}, 'FM999,999,990.00') || ' EUR'`;
const percent = (part: string, whole: string) =>
  `to_char(round(${part} * 100.0 / nullif(${whole}, 0), 1), 'FM990.0') || ' %'`;
const day = (date: string) => `replace(to_char(${date}, 'FMDD Mon YYYY'), 'Sep ', 'Sept ')`;
const customer = (name: string) => `(select customer_id from crm.customer where name = '${name}')`;
const open = "stage not in ('won', 'lost')";

/** What a salesperson has won and was to win in the sales year that is running. */
const attained = `select p.name, q.amount as quota, coalesce(sum(o.amount) filter (where o.stage = 'won'), 0) as won
  from crm.quota q join crm.person p using (upn)
    left join crm.opportunity o on o.owner = q.upn and o.close_date between q.starts_on and q.ends_on
  where current_date between q.starts_on and q.ends_on group by p.name, q.amount`;

const known: Scene[] = [
  {
    intent: "customer-details",
    says: "Account manager, tier and VAT number of Fabrikam?",
    truth: `select m.name, c.tier, c.vat_number, ${day("c.customer_since")} from crm.customer c
      join crm.person m on m.upn = c.account_manager where c.name = 'Fabrikam'`,
  },
  {
    intent: "list-opportunities",
    says: "Which opportunities are open with Fabrikam at present?",
    truth: `select opportunity_id, ${day("close_date")}, ${euro("amount")} from crm.opportunity
      where customer_id = ${customer("Fabrikam")} and ${open}`,
    not: `select opportunity_id from crm.opportunity where customer_id = ${customer("Fabrikam")} and not ${open}`,
  },
  {
    intent: "list-opportunities",
    says: "Show me the lost deals of Hannah Schulz",
    truth: `select opportunity_id, ${euro("amount")} from crm.opportunity
      where stage = 'lost' and owner = 'hannah.schulz@contoso.example'`,
    not: `select opportunity_id from crm.opportunity
      where stage <> 'lost' or owner <> 'hannah.schulz@contoso.example'`,
  },
  {
    intent: "list-contacts",
    says: "Whom do we know at Fabrikam, with phone numbers?",
    truth: `select name, title, email, phone from crm.contact where customer_id = ${customer("Fabrikam")}`,
    not: `select email from crm.contact where customer_id = ${customer("Northwind Traders")}`,
  },
  {
    intent: "quarter-forecast",
    says: "Show me the weighted sales forecast for the coming three months",
    truth: `select ${euro("sum(amount)")}, ${euro("sum(round(amount * probability / 100, 2))")} from crm.opportunity
      where ${open} and close_date <= current_date + 90`,
  },
  {
    intent: "stalled-deals",
    says: "Which of our open deals have been quiet for more than a month?",
    truth: `select opportunity_id, current_date - last_activity || ' days', ${euro("amount")} from crm.opportunity
      where ${open} and current_date - last_activity >= 30`,
    not: `select opportunity_id from crm.opportunity where current_date - last_activity < 30 or not ${open}`,
  },
  {
    intent: "closing-soon",
    says: "Which deals are closing in the next two weeks?",
    truth: `select opportunity_id, ${day("close_date")}, ${euro("amount")} from crm.opportunity
      where ${open} and close_date <= current_date + 14
      union all select null, null, ${euro("sum(amount)")} from crm.opportunity
      where ${open} and close_date <= current_date + 14`,
    not: `select opportunity_id from crm.opportunity where ${open} and close_date > current_date + 14`,
  },
  {
    intent: "customer-overview",
    says: "Give me a complete overview of Fabrikam, please",
    truth: `select m.name, (select ${euro("sum(amount)")} from crm.opportunity o
        where o.customer_id = c.customer_id and ${open}),
      (select ${euro("sum(amount)")} from crm.opportunity o where o.customer_id = c.customer_id and stage = 'won')
      from crm.customer c join crm.person m on m.upn = c.account_manager where c.name = 'Fabrikam'
      union all select t.ticket_id, t.title, t.priority from itsm.ticket t join itsm.account a using (account_id)
      where a.name = 'Fabrikam' and t.status not in ('resolved', 'closed', 'cancelled')`,
  },
  {
    intent: "customer-health",
    says: "How healthy is our relationship with Tailwind Logistics, and why?",
    truth: `select health, health_notes from crm.customer where name = 'Tailwind Logistics'
      union all select ${euro("sum(open_amount)")}, null from erp.invoice_state i join erp.client c using (client_id)
      where c.name = 'Tailwind Logistics' and i.status = 'overdue'`,
  },
  {
    intent: "account-review",
    says: "Let the agents of sales and finance discuss how we stand with Fabrikam",
    // It goes on for a while: in a chat of its own its last card comes between no other two.
    by: "maya.lindqvist",
    truth: "select 'How do we stand with ' || name || '?' from crm.customer where name = 'Fabrikam'",
  },
];

const quotes: Scene[] = [
  {
    intent: "create-quote",
    says: "Make a quote for Litware: 12 ring scanners with 10 % discount",
    truth: `select ${euro("round(12 * list_price * 0.9, 2)")}, ${euro("list_price")}, ${day("current_date + 30")}, p.name,
        c.name, (select name from crm.person where upn = c.account_manager)
      from crm.product p, crm.customer c where p.name = 'Ring Scanner' and c.name = 'Litware'`,
  },
  {
    intent: "withdraw-quote",
    says: "Please withdraw the quote QUO-804, they have changed their mind",
    truth: `select q.quote_id, q.customer_name, ${euro("q.total")}, q.status from crm.quote_state q
      where quote_id = 'QUO-804'`,
  },
  {
    intent: "quote-details",
    says: "Show me the lines of quote QUO-802 with their discounts",
    truth: `select p.name, ${euro("l.total")}, ${euro("l.unit_price")} from crm.quote_line l
        join crm.product p using (product_id) where quote_id = 'QUO-802'
      union all select customer_name, ${euro("total")}, ${day("valid_until")} from crm.quote_state
      where quote_id = 'QUO-802'`,
    not: "select name from crm.product where product_id not in (select product_id from crm.quote_line where quote_id = 'QUO-802')",
  },
  {
    intent: "expiring-quotes",
    says: "Which of our open quotes expire within the next 14 days?",
    truth: `select quote_id, customer_name, ${euro("total")} from crm.quote_state
        where status = 'open' and valid_until <= current_date + 14
      union all select null, null, ${euro("sum(total)")} from crm.quote_state
        where status = 'open' and valid_until <= current_date + 14`,
    not: "select quote_id from crm.quote_state where status <> 'open' or valid_until > current_date + 14",
  },
];

const leads: Scene[] = [
  {
    intent: "new-leads",
    says: "Which new leads from the webinar has nobody taken yet?",
    truth: `select lead_id || ' ' || company, country, p.name from crm.lead join crm.product p using (product_id)
      where status = 'new' and source = 'webinar'`,
    not: "select lead_id from crm.lead where status <> 'new' or source <> 'webinar'",
  },
  {
    intent: "lead-details",
    says: "What do we know about the lead LEAD-303?",
    truth: `select company, contact_name, contact_email, note, score || ' of 100', ${day("received_on")} from crm.lead
      where lead_id = 'LEAD-303'`,
  },
  {
    intent: "leads-of-person",
    says: "Which leads does Ben Carter work on?",
    truth: "select lead_id, company, contact_name, status from crm.lead where owner = 'ben.carter@contoso.example'",
    not: "select company from crm.lead where owner is distinct from 'ben.carter@contoso.example'",
  },
  {
    intent: "assign-lead",
    says: "Assign the lead LEAD-305 to Fatima Zahra",
    by: "hannah.schulz",
    truth: `select company, (select name from crm.person where upn = 'fatima.zahra@contoso.example'),
        (select count(*) from crm.lead f where f.owner = 'fatima.zahra@contoso.example' and f.status = 'assigned')
          || ' leads in work', 'score of ' || score from crm.lead where lead_id = 'LEAD-305'`,
  },
];

const deals: Scene[] = [
  {
    intent: "move-deal-stage",
    says: "Move the deal OPP-5012 into the propose stage",
    by: "mateo.garcia",
    truth: `select title, stage, probability || ' %', ${euro("amount")} from crm.opportunity
      where opportunity_id = 'OPP-5012'`,
  },
  {
    intent: "move-close-date",
    says: "Move the close date of OPP-5024 to 31 December 2027, their board meets later",
    by: "mateo.garcia",
    truth: `select title, ${day("close_date")}, ${euro("amount")}, (date '2027-12-31' - close_date) || ' days',
      ${day("date '2027-12-31'")} from crm.opportunity where opportunity_id = 'OPP-5024'`,
  },
  {
    intent: "deals-without-next-step",
    says: "Which deals of Anton Nilsson have no next step planned?",
    truth: `select o.opportunity_id, coalesce(n.step, 'none planned') from crm.opportunity o
        left join crm.next_step n using (opportunity_id)
      where ${open} and owner = 'anton.nilsson@contoso.example' and (n.step is null or n.due_on < current_date)`,
    not: `select o.opportunity_id from crm.opportunity o left join crm.next_step n using (opportunity_id)
      where n.due_on >= current_date or owner <> 'anton.nilsson@contoso.example'`,
  },
  {
    intent: "deal-stage-history",
    says: "Through which stages has OPP-5004 gone, and when?",
    truth: `select to_stage, ${day("changed_on")} from crm.stage_change where opportunity_id = 'OPP-5004'
      union all select current_date - min(changed_on) || ' days', null from crm.stage_change
      where opportunity_id = 'OPP-5004'`,
  },
];

const renewals: Scene[] = [
  {
    intent: "renewals-due",
    says: "Which customer subscriptions are up for renewal in the next 30 days?",
    truth: `select subscription_id, ${day("ends_on")}, ${euro("annual_value")} from crm.subscription
        where ends_on <= current_date + 30
      union all select null, null, ${euro("sum(annual_value)")} from crm.subscription where ends_on <= current_date + 30`,
    not: "select subscription_id from crm.subscription where ends_on > current_date + 30",
  },
  {
    intent: "renewals-at-risk",
    says: "How much yearly value is at risk in the upcoming renewals?",
    truth: `select ${euro("sum(annual_value)")}, ${percent(
      "sum(annual_value)",
      "(select sum(annual_value) from crm.subscription where ends_on <= current_date + 180)",
    )}, ${euro("sum(annual_value) filter (where health = 'at-risk')")}
      from crm.subscription join crm.customer using (customer_id)
      where ends_on <= current_date + 180 and health <> 'good'`,
    not: `select subscription_id from crm.subscription join crm.customer using (customer_id) where health = 'good'`,
  },
  {
    intent: "customer-subscriptions",
    says: "What has Northwind Traders subscribed to with us?",
    truth: `select subscription_id, p.name, ${day("ends_on")}, ${euro("annual_value")} from crm.subscription
      join crm.product p using (product_id) where customer_id = ${customer("Northwind Traders")}`,
    not: `select subscription_id from crm.subscription where customer_id <> ${customer("Northwind Traders")}`,
  },
  {
    intent: "subscription-terms",
    says: "What are the terms and the notice period of SUB-408?",
    truth: `select ${day("ends_on")}, notice_days || ' days', ${day("ends_on - notice_days")}, renews,
      ${euro("round(annual_value * (100 + uplift_percent) / 100, 2)")} from crm.subscription
      where subscription_id = 'SUB-408'`,
  },
];

const prices: Scene[] = [
  {
    intent: "product-price",
    says: "What do 25 warehouse scanners cost according to the price list?",
    truth: `select ${euro("list_price")}, ${euro("25 * list_price")}, max_discount || ' %',
      ${euro("25 * list_price * (100 - max_discount) / 100")} from crm.product where name = 'Warehouse Scanner'`,
  },
  {
    intent: "product-family",
    says: "Show me the price list of the spare parts",
    truth: `select product_id, name, ${euro("list_price")} from crm.product where family = 'spare parts'`,
    not: "select product_id from crm.product where family <> 'spare parts'",
  },
  {
    intent: "price-changes",
    says: "Which list prices have changed in the last month, and why?",
    truth: `select p.name, ${euro("from_price")}, ${euro("to_price")}, reason from crm.price_change
      join crm.product p using (product_id) where changed_on >= current_date - 30`,
    not: `select distinct p.name from crm.product p
      where not exists (select 1 from crm.price_change c where c.product_id = p.product_id and changed_on >= current_date - 30)
        and not exists (select 1 from crm.product q where q.product_id <> p.product_id and strpos(q.name, p.name) > 0)`,
  },
];

const campaigns: Scene[] = [
  {
    intent: "campaign-results",
    says: "How did the Nordic Customer Day turn out?",
    truth: `select channel, ${euro("spent")}, ${euro("round(spent / leads, 2)")}, ${percent("responses", "reached")}
      from crm.campaign where name = 'Nordic Customer Day'`,
  },
  {
    intent: "campaign-comparison",
    says: "Compare the cost per lead of our e-mail campaigns",
    truth: `select name, ${euro("round(spent / leads, 2)")}, leads from crm.campaign
        where channel = 'e-mail' and leads > 0
      union all select null, ${euro("round(sum(spent) / sum(leads), 2)")}, sum(leads) from crm.campaign
        where channel = 'e-mail'`,
    not: "select name from crm.campaign where channel <> 'e-mail'",
  },
  {
    intent: "campaigns-running",
    says: "Which marketing campaigns are running at the moment?",
    truth: `select name, ${euro("budget - spent")}, ${day("ends_on")} from crm.campaign
        where current_date between starts_on and ends_on
      union all select null, ${euro("sum(budget - spent)")}, null from crm.campaign
        where current_date between starts_on and ends_on`,
    not: "select name from crm.campaign where not current_date between starts_on and ends_on",
  },
];

const quotas: Scene[] = [
  {
    intent: "quota-attainment",
    says: "How much of my yearly quota have I attained so far?",
    by: "fatima.zahra",
    truth: `select name, ${euro("won")}, ${euro("quota")}, ${euro("quota - won")}, ${percent("won", "quota")}
      from (${attained}) as one where name = 'Fatima Zahra'`,
  },
  {
    intent: "quota-ranking",
    says: "Rank the whole sales team by quota attainment",
    by: "erik.johansson",
    truth: `select name, ${euro("won")}, ${percent("won", "quota")} from (${attained}) as one`,
  },
  {
    intent: "quota-gap",
    says: "How big is the gap of the whole team to the yearly quota?",
    truth: `select ${euro("sum(quota)")}, ${euro("sum(won)")}, ${euro("sum(quota) - sum(won)")},
      ${percent("sum(won)", "sum(quota)")} from (${attained}) as one`,
    not: `select name from (${attained}) as one`,
  },
];

const partners: Scene[] = [
  {
    intent: "partner-list",
    says: "Which gold partners do we have, and with which margin?",
    truth: "select name, country, margin_percent || ' %' from crm.partner where tier = 'gold'",
    not: "select name from crm.partner where tier <> 'gold'",
  },
  {
    intent: "partner-details",
    says: "Tell me about the partner Alpenland Technik",
    truth: `select tier, margin_percent || ' %', ${day("partner_since")}, ${day("certified_until")} from crm.partner
      where name = 'Alpenland Technik'`,
  },
  {
    intent: "partner-deals",
    says: "Which deals has Nordlicht Systemhaus registered?",
    truth: `select registration_id, opportunity_id, ${day("protected_until")}, ${euro("amount")},
        ${euro("round(amount * margin_percent / 100, 2)")}
      from crm.partner_deal join crm.partner p using (partner_id) join crm.opportunity using (opportunity_id)
      where p.name = 'Nordlicht Systemhaus'`,
    not: `select registration_id from crm.partner_deal join crm.partner p using (partner_id)
      where p.name <> 'Nordlicht Systemhaus'`,
  },
];

const decided = `crm.opportunity join crm.deal_outcome using (opportunity_id)`;
const outcomes: Scene[] = [
  {
    intent: "win-rate",
    says: "What was our win rate over the last 90 days?",
    truth: `select ${percent("count(*) filter (where stage = 'won')", "count(*)")},
      ${percent("sum(amount) filter (where stage = 'won')", "sum(amount)")},
      ${euro("sum(amount) filter (where stage = 'lost')")} from ${decided} where decided_on >= current_date - 90`,
  },
  {
    intent: "loss-reasons",
    says: "For which reasons have we lost deals in the last six months?",
    truth: `select reason, ${euro("sum(amount)")} from ${decided}
      where stage = 'lost' and decided_on >= current_date - 180 group by reason`,
  },
  {
    intent: "win-reasons",
    says: "Why have we won deals in the last 3 months, by reason?",
    truth: `select reason, ${euro("sum(amount)")} from ${decided}
      where stage = 'won' and decided_on >= current_date - 90 group by reason`,
  },
  {
    intent: "decision-reasons",
    says: "Why did we lose the deal with Bellows College?",
    truth: `select opportunity_id, reason, competitor, note, ${euro("amount")} from ${decided}
      where customer_id = ${customer("Bellows College")}`,
    not: `select opportunity_id from ${decided} where customer_id <> ${customer("Bellows College")}`,
  },
  {
    intent: "competitor-record",
    says: "How often have we lost against Trackline, and why?",
    truth: `select distinct competitor, reason, (select ${euro("sum(amount)")} from ${decided}
      where competitor = 'Trackline' and stage = 'lost') from ${decided} where competitor = 'Trackline'`,
    not: "select distinct competitor from crm.deal_outcome where competitor <> 'Trackline'",
  },
];

export const sales: readonly Scene[] = [
  ...[...known, ...quotes, ...leads, ...deals, ...renewals],
  ...[...prices, ...campaigns, ...quotas, ...partners, ...outcomes],
];
