import { z } from "zod";
import type { Queryable, Tx } from "../../../store/pool.ts";
import { oneRow } from "../lookup.ts";
import { Currency, Day, Money, Nullable, Text } from "../shapes.ts";

export const Stage = z.enum(["qualify", "discover", "propose", "negotiate", "won", "lost"]);

/** Percent that a deal is worth in each stage, until somebody knows better. */
export const PROBABILITY: Record<z.infer<typeof Stage>, number> = {
  ...{ qualify: 10, discover: 25, propose: 50, negotiate: 75 },
  ...{ won: 100, lost: 0 },
};

export const deal = {
  opportunity_id: Text,
  title: Text,
  customer_id: Text,
  customer_name: Text,
  owner: Text,
  owner_name: Text,
  stage: Stage,
  amount: Money,
  weighted_amount: Money,
  currency: Currency,
  /** percent */
  probability: z.number().int(),
  close_date: Day,
  next_step: Nullable,
  next_step_due: Day.nullable(),
};
export const Deal = z.strictObject(deal);
export type Deal = z.infer<typeof Deal>;

export const selectDeals = `select o.opportunity_id, o.title, o.customer_id, c.name as customer_name, o.owner,
    p.name as owner_name, o.stage, o.amount, round(o.amount * o.probability / 100, 2) as weighted_amount, 'EUR' as currency,
    o.probability, o.close_date, n.step as next_step, n.due_on as next_step_due
  from opportunity o join customer c using (customer_id) join person p on p.upn = o.owner
    left join next_step n using (opportunity_id)`;

/** @throws Refusal */
export function readDeal(db: Queryable, opportunityId: string): Promise<Deal> {
  return oneRow(db, "opportunity", opportunityId, `${selectDeals} where o.opportunity_id = $1`);
}

/** The deal as it is once nobody else changes it any more. @throws Refusal */
export async function lockDeal(tx: Tx, opportunityId: string): Promise<Deal> {
  await tx.query("select 1 from opportunity where opportunity_id = $1 for update", [opportunityId]);
  return readDeal(tx, opportunityId);
}
