import { z } from "zod";
import { listRows, lookUp, oneRow } from "../lookup.ts";
import { Count, Id, MAX_ROWS, Money, Text, Wanted } from "../shapes.ts";
import { readTool } from "../tool.ts";
import {
  CATEGORIES,
  ClaimStatus,
  claimColumns,
  claimTables,
  ExpenseClaim,
  expenseClaim,
  readClaim,
} from "./expense.ts";
import { PEOPLE } from "./person.ts";

const none = { total_count: 0, total_amount: "0.00" };

const listExpenseClaims = readTool({
  name: "list_expense_claims",
  description: "Expense claims of one person, the latest first, with the total of all matches.",
  input: { claimant: Wanted, status: ClaimStatus.optional() },
  output: { claimant_name: Text, claims: z.array(ExpenseClaim), total_count: Count, total_amount: Money },
  async run(db, { claimant, status }) {
    const person = await lookUp(db, "person", claimant, PEOPLE);
    const { rows, totals } = await listRows<ExpenseClaim, typeof none>(
      db,
      `select ${claimColumns}, count(*) over () as total_count, sum(e.amount) over () as total_amount
       from ${claimTables} where e.claimant = $1 and ($2::text is null or e.status = $2)
       order by e.submitted_on desc, e.claim_id desc limit ${MAX_ROWS}`,
      [person.id, status ?? null],
      none,
    );
    return { claimant_name: person.name, claims: rows, ...totals };
  },
});

const listWaitingClaims = readTool({
  name: "list_waiting_claims",
  description:
    "Expense claims that one person has to decide: those of their direct reports, the longest waiting first.",
  input: { decider: Wanted },
  output: { decider_name: Text, claims: z.array(ExpenseClaim), total_count: Count, total_amount: Money },
  async run(db, { decider }) {
    const person = await lookUp(db, "person", decider, PEOPLE);
    const { rows, totals } = await listRows<ExpenseClaim, typeof none>(
      db,
      `select ${claimColumns}, count(*) over () as total_count, sum(e.amount) over () as total_amount
       from ${claimTables} where p.manager = $1 and e.status = 'submitted'
       order by e.submitted_on, e.claim_id limit ${MAX_ROWS}`,
      [person.id],
      none,
    );
    return { decider_name: person.name, claims: rows, ...totals };
  },
});

const getExpenseClaimant = readTool({
  name: "get_expense_claimant",
  description: "Whose claim it is, and nothing else of it: with that, policy says who may read the claim.",
  input: { claim_id: Id },
  output: { claim_id: Text, claimant: Text },
  run: (db, { claim_id }) =>
    oneRow<{ claim_id: string; claimant: string }>(
      db,
      "expense claim",
      claim_id,
      "select claim_id, claimant from expense_claim where claim_id = $1",
    ),
});

const getExpenseClaim = readTool({
  name: "get_expense_claim",
  description: "One expense claim with its amount, status and decision.",
  input: { claim_id: Id },
  output: expenseClaim,
  run: (db, { claim_id }) => readClaim(db, claim_id),
});

const getExpenseCategory = readTool({
  name: "get_expense_category",
  description: "One expense category with the most that one claim may ask for.",
  input: { category: Wanted },
  output: { category_id: Text, name: Text, limit_amount: Money },
  async run(db, { category }) {
    const { id } = await lookUp(db, "expense category", category, CATEGORIES);
    const sql = "select category_id, name, limit_amount from expense_category where category_id = $1";
    return oneRow<{ category_id: string; name: string; limit_amount: string }>(db, "expense category", id, sql);
  },
});

export const expenseReadTools = [
  listExpenseClaims,
  listWaitingClaims,
  getExpenseClaimant,
  getExpenseClaim,
  getExpenseCategory,
];
