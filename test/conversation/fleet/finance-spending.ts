import { day, eur } from "./on-card.ts";
import type { Scene } from "./scene.ts";

/** A day as the card writes it, so many days before today. */
const YESTERDAY = day("current_date - 1");
const claims = `erp.expense_claim e join erp.person p on p.upn = e.claimant
  join erp.expense_category c using (category_id)`;
const cardPayments = `erp.card_transaction join erp.payment_card using (card_id) join erp.person on upn = holder`;

/** What people spend for the company: claims, purchase orders, company cards. */
export const financeSpending: readonly Scene[] = [
  {
    intent: "submit-expense-claim",
    says: "Put in a claim for me: taxi 27.30 yesterday, fetched a missing part",
    truth: `select name, ${YESTERDAY} as day, ${eur("27.30")} as amount, 'fetched a missing part' as reason
      from erp.expense_category where category_id = 'taxi'`,
  },
  {
    intent: "my-expense-claims",
    says: "Please show the expense claims that I submitted",
    truth: `select claim_id, c.name, reason, status, ${eur("amount")} as amount, ${day("spent_on")} as day
      from ${claims} where p.name = 'Noah Fischer'
      union all
      select status, null, null, null, ${eur("sum(amount)")}, null from ${claims}
      where p.name = 'Noah Fischer' and status in ('submitted', 'approved', 'paid') group by status`,
    not: "select claim_id from erp.expense_claim where claimant <> 'noah.fischer@contoso.example'",
  },
  {
    intent: "expense-claim-status",
    says: "What happened to my claim EXP-8018?",
    truth: `select status, c.name, reason, ${eur("amount")} as amount, ${day("decided_on")} as decided, decision_note
      from ${claims} where claim_id = 'EXP-8018'`,
    not: "select reason from erp.expense_claim where claim_id = 'EXP-8012'",
  },
  {
    intent: "expense-claim-status",
    says: "Show me how claim EXP-8005 is doing",
    by: "oskar.lindholm",
    truth: "select status, reason, decision_note from erp.expense_claim where claim_id = 'EXP-8005'",
  },
  {
    intent: "claims-to-decide",
    says: "Which expense claims of my people are waiting for my approval?",
    by: "oskar.lindholm",
    truth: `select claim_id, p.name, reason, ${eur("amount")} as amount from ${claims}
      where p.manager = 'oskar.lindholm@contoso.example' and status = 'submitted'
      union all
      select count(*)::text, null, null, ${eur("sum(amount)")} from ${claims}
      where p.manager = 'oskar.lindholm@contoso.example' and status = 'submitted'`,
    not: `select claim_id from ${claims} where p.manager <> 'oskar.lindholm@contoso.example' or status <> 'submitted'`,
  },
  {
    intent: "open-purchase-orders",
    says: "Which purchase orders of Security have not been delivered yet?",
    truth: `select o.po_id, description, v.name, ${eur("sum(quantity * unit_price)")} as ordered, ${day("expected_on")} as day
      from erp.purchase_order o join erp.purchase_order_line using (po_id) join erp.vendor v using (vendor_id)
      where cost_center = 'Security' and status = 'open' group by o.po_id, v.name`,
    not: "select po_id from erp.purchase_order where cost_center <> 'Security' or status <> 'open'",
  },
  {
    intent: "purchase-order-details",
    says: "How much of purchase order PO-5012 has come and been billed?",
    truth: `select item, quantity || '', received_quantity || '', invoiced_quantity || '', ${eur("unit_price")} as price
      from erp.purchase_order_line where po_id = 'PO-5012'
      union all
      select ${eur("sum(quantity * unit_price)")}, ${eur("sum(received_quantity * unit_price)")},
        ${eur("sum(invoiced_quantity * unit_price)")}, ${eur("sum((received_quantity - invoiced_quantity) * unit_price)")},
        ${eur("sum((quantity - received_quantity) * unit_price)")}
      from erp.purchase_order_line where po_id = 'PO-5012'`,
    not: "select item from erp.purchase_order_line where po_id = 'PO-5006'",
  },
  {
    intent: "vendor-purchase-orders",
    says: "What have we got on order with TechParts Europe?",
    truth: `select o.po_id, description, status, ${eur("sum(quantity * unit_price)")} as ordered,
        ${eur("sum(invoiced_quantity * unit_price)")} as invoiced
      from erp.purchase_order o join erp.purchase_order_line using (po_id) where vendor_id = 'V-808' group by o.po_id`,
    not: "select po_id from erp.purchase_order where vendor_id <> 'V-808'",
  },
  {
    intent: "unbilled-deliveries",
    says: "Which goods were received but have not been invoiced?",
    truth: `select po_id, v.name, ${eur("sum((received_quantity - invoiced_quantity) * unit_price)")} as unbilled
      from erp.purchase_order join erp.purchase_order_line using (po_id) join erp.vendor v using (vendor_id)
      where received_quantity > invoiced_quantity group by po_id, v.name
      union all
      select null, null, ${eur("sum((received_quantity - invoiced_quantity) * unit_price)")}
      from erp.purchase_order_line where received_quantity > invoiced_quantity`,
    not: `select po_id from erp.purchase_order_line group by po_id having bool_and(received_quantity <= invoiced_quantity)`,
  },
  {
    intent: "card-payments",
    says: "What have I paid for with my company card?",
    truth: `select merchant, category, ${eur("amount")} as amount, ${day("posted_on")} as day
      from ${cardPayments} where name = 'Noah Fischer'`,
    not: `select merchant from ${cardPayments} where name in ('Hannah Schulz', 'Erik Johansson')`,
  },
  {
    intent: "card-payments",
    says: "Show the company card payments of Hannah Schulz",
    by: "erik.johansson",
    truth: `select merchant, ${eur("amount")} as amount from ${cardPayments} where name = 'Hannah Schulz'`,
  },
  {
    intent: "missing-receipts",
    says: "For which payments with my company card is a receipt missing?",
    by: "hannah.schulz",
    truth: `select transaction_id, merchant, ${eur("amount")} as amount from ${cardPayments}
      where name = 'Hannah Schulz' and not has_receipt
      union all
      select count(*)::text, null, ${eur("sum(amount)")} from ${cardPayments}
      where name = 'Hannah Schulz' and not has_receipt`,
    not: `select transaction_id from ${cardPayments} where name <> 'Hannah Schulz' or has_receipt`,
  },
  {
    intent: "card-limit",
    says: "What is left of the limit on my company card?",
    truth: `select last_four, ${eur("limit_amount")} as most, ${eur("sum(amount)")} as spent,
        ${eur("limit_amount - sum(amount)")} as remaining
      from ${cardPayments} where name = 'Noah Fischer' and posted_on > current_date - 30 group by last_four, limit_amount`,
  },
  {
    intent: "department-card-spend",
    says: "What did Operations spend on company cards?",
    truth: `select category, ${eur("sum(amount)")} as amount from ${cardPayments}
      where department = 'Operations' and posted_on > current_date - 30 group by category
      union all
      select count(*)::text, ${eur("sum(amount)")} from ${cardPayments}
      where department = 'Operations' and posted_on > current_date - 30`,
    not: `select name from erp.person where department = 'Operations' and name <> 'Noah Fischer'`,
  },
];
