import { Decimal } from "decimal.js";
import { z } from "zod";
import type { Tx } from "../../../store/pool.ts";
import { lookUp } from "../lookup.ts";
import { Refusal } from "../refusal.ts";
import { Amount, Currency, Day, EUR, Id, Money, Note, Text, Wanted, written } from "../shapes.ts";
import { writeTool } from "../tool.ts";
import { CATEGORIES, ClaimStatus, lockClaim, readClaim } from "./expense.ts";
import { PEOPLE } from "./person.ts";

/** Claims older than this are not paid (Travel and Expenses policy). */
const MAX_AGE_DAYS = 90;
const Waiting = z.strictObject({ claims_waiting: z.number().int() });
const State = z.strictObject({ status: ClaimStatus });

const submitExpenseClaim = writeTool({
  name: "submit_expense_claim",
  description: "Submits an expense claim of a person to their manager. Never more than the limit of its category.",
  input: { claimant: Wanted, category: Wanted, amount: Amount, spent_on: Day, reason: Note },
  output: {
    claim_id: Text,
    claimant_name: Text,
    category: Text,
    amount: Money,
    currency: Currency,
    spent_on: Day,
    decider_name: Text.nullable(),
    ...written(Waiting, Waiting),
  },
  compensation: "withdraw_expense_claim",
  async run(tx, { claimant: wanted, category: named, amount: given, spent_on, reason }) {
    const claimant = await lookUp(tx, "person", wanted, PEOPLE);
    const category = await lookUp(tx, "expense category", named, CATEGORIES);
    // Two claims of one person wait for each other: otherwise both could be the same receipt.
    await tx.query("select 1 from person where upn = $1 for update", [claimant.id]);
    await checkDay(tx, spent_on);
    const amount = await claimable(tx, given, category);
    await checkNotTwice(tx, claimant.id, category.id, amount, spent_on);
    const before = await waiting(tx, claimant.id);
    const added = await tx.query<{ claim_id: string }>(
      `insert into expense_claim (claim_id, claimant, category_id, amount, spent_on, reason)
       values ('EXP-' || nextval('expense_claim_number'), $1, $2, $3, $4, $5) returning claim_id`,
      [claimant.id, category.id, amount, spent_on, reason],
    );
    const claim = await readClaim(tx, added.rows[0]?.claim_id ?? "");
    const { claim_id, claimant_name, decider_name } = claim;
    return {
      ...{ claim_id, claimant_name, category: claim.category, amount, currency: EUR, spent_on, decider_name },
      changed: true,
      before: { claims_waiting: before },
      after: { claims_waiting: before + 1 },
    };
  },
});

async function checkDay(tx: Tx, day: string): Promise<void> {
  const { rows } = await tx.query<{ age: number }>("select current_date - $1::date as age", [day]);
  const age = rows[0]?.age ?? 0;
  if (age < 0) throw new Refusal(`${day} is still to come. Claim it once it was paid.`);
  if (age > MAX_AGE_DAYS)
    throw new Refusal(`${day} is ${age} days ago. Claims older than ${MAX_AGE_DAYS} days are not paid.`);
}

/** The amount with two decimals. @throws Refusal that says what is wrong with it */
async function claimable(tx: Tx, given: string, category: { id: string; name: string }): Promise<string> {
  if (!/^-?\d+(\.\d+)?$/.test(given)) throw new Refusal(`"${given}" is not an amount. Write it like 42.50.`);
  const amount = new Decimal(given);
  if (amount.lte(0)) throw new Refusal("The amount of a claim must be above zero.");
  if (amount.decimalPlaces() > 2) throw new Refusal(`${given} has more than two decimals. Round it to cents.`);
  const sql = "select limit_amount from expense_category where category_id = $1";
  const { rows } = await tx.query<{ limit_amount: string }>(sql, [category.id]);
  const limit = rows[0]?.limit_amount ?? "0.00";
  if (amount.gt(limit))
    throw new Refusal(
      `${amount.toFixed(2)} EUR is more than the limit of ${category.name}, which is ${limit} EUR a claim. Ask your manager before you claim it.`,
    );
  return amount.toFixed(2);
}

async function checkNotTwice(tx: Tx, claimant: string, category: string, amount: string, day: string): Promise<void> {
  const { rows } = await tx.query<{ claim_id: string; status: string }>(
    `select claim_id, status from expense_claim where claimant = $1 and category_id = $2 and amount = $3 and spent_on = $4
       and status not in ('withdrawn', 'rejected') order by claim_id limit 1`,
    [claimant, category, amount, day],
  );
  const [same] = rows;
  if (same !== undefined)
    throw new Refusal(`The same amount of that day was claimed before, as ${same.claim_id} (${same.status}).`);
}

async function waiting(tx: Tx, claimant: string): Promise<number> {
  const sql = "select count(*)::int as n from expense_claim where claimant = $1 and status = 'submitted'";
  const { rows } = await tx.query<{ n: number }>(sql, [claimant]);
  return rows[0]?.n ?? 0;
}

const withdrawExpenseClaim = writeTool({
  name: "withdraw_expense_claim",
  description: "Withdraws an expense claim that nobody has decided yet. Safe to repeat.",
  input: { claim_id: Id },
  output: { claim_id: Text, claimant_name: Text, amount: Money, currency: Currency, ...written(State, State) },
  async run(tx, { claim_id }) {
    const { status, claimant_name, amount, decided_by_name } = await lockClaim(tx, claim_id);
    const changed = status === "submitted";
    if (!changed && status !== "withdrawn")
      throw new Refusal(
        `${claim_id} is ${status}${decided_by_name === null ? "" : ` by ${decided_by_name}`}: only a claim that waits for its decision can be withdrawn.`,
      );
    if (changed) await tx.query("update expense_claim set status = 'withdrawn' where claim_id = $1", [claim_id]);
    return {
      ...{ claim_id, claimant_name, amount, currency: EUR, changed },
      before: { status },
      after: { status: "withdrawn" as const },
    };
  },
});

export const expenseWriteTools = [submitExpenseClaim, withdrawExpenseClaim];
