import { z } from "zod";
import type { Queryable, Tx } from "../../../store/pool.ts";
import { oneRow } from "../lookup.ts";
import { Currency, Day, Money, Nullable, Text } from "../shapes.ts";

export const CATEGORIES = "select category_id as id, name from expense_category";
export const ClaimStatus = z.enum(["submitted", "approved", "rejected", "paid", "withdrawn"]);

export const expenseClaim = {
  claim_id: Text,
  claimant: Text,
  claimant_name: Text,
  category: Text,
  amount: Money,
  currency: Currency,
  spent_on: Day,
  reason: Text,
  submitted_on: Day,
  status: ClaimStatus,
  /** who decides: the claimant's manager */
  decider_name: Nullable,
  decided_by_name: Nullable,
  decided_on: Day.nullable(),
  decision_note: Nullable,
  days_waiting: z.number().int().nonnegative(),
};
export const ExpenseClaim = z.strictObject(expenseClaim);
export type ExpenseClaim = z.infer<typeof ExpenseClaim>;

/** For `from expense_claim e`; the parameters are the caller's. */
export const claimColumns = `e.claim_id, e.claimant, p.name as claimant_name, c.name as category, e.amount, 'EUR' as currency,
  e.spent_on, e.reason, e.submitted_on, e.status, m.name as decider_name, d.name as decided_by_name, e.decided_on,
  e.decision_note, case when e.status = 'submitted' then current_date - e.submitted_on else 0 end as days_waiting`;
export const claimTables = `expense_claim e join expense_category c using (category_id) join person p on p.upn = e.claimant
  left join person m on m.upn = p.manager left join person d on d.upn = e.decided_by`;

/** @throws Refusal */
export function readClaim(db: Queryable, claimId: string): Promise<ExpenseClaim> {
  return oneRow(db, "expense claim", claimId, `select ${claimColumns} from ${claimTables} where e.claim_id = $1`);
}

/** The claim as it is once nobody else changes it any more. @throws Refusal */
export async function lockClaim(tx: Tx, claimId: string): Promise<ExpenseClaim> {
  await tx.query("select 1 from expense_claim where claim_id = $1 for update", [claimId]);
  return readClaim(tx, claimId);
}
