import { z } from "zod";
import { listRows, lookUp, oneRow } from "../lookup.ts";
import { Count, Currency, Day, EUR, MAX_ROWS, Money, Note, Text, Wanted } from "../shapes.ts";
import { readTool } from "../tool.ts";

const Kind = z.enum(["asset", "liability", "equity", "revenue", "expense"]);
const balance = {
  account_id: Text,
  name: Text,
  kind: Kind,
  group_name: Text,
  debit: Money,
  credit: Money,
  /** on the side where it is normal for the kind: assets and expenses debit, the others credit */
  balance: Money,
  as_of: Day,
};
const Balance = z.strictObject(balance);
const columns = `account_id, name, kind, group_name, debit, credit, as_of,
  case when kind in ('asset', 'expense') then debit - credit else credit - debit end as balance`;

const getAccount = readTool({
  name: "get_account",
  description: "One account of the ledger, by number or name: what it is for, what not, and its balance.",
  input: { account: Wanted },
  output: { ...balance, purpose: Text, examples: Text, not_here: Text },
  async run(db, { account }) {
    const { id } = await lookUp(db, "account", account, "select account_id as id, name from ledger_account");
    return oneRow<z.infer<typeof Balance> & { purpose: string; examples: string; not_here: string }>(
      db,
      "account",
      id,
      `select ${columns}, purpose, examples, not_here
       from ledger_account join account_balance using (account_id) join account_guide using (account_id)
       where account_id = $1`,
    );
  },
});

const none = { total_count: 0, total_balance: "0.00" };

const listAccountBalances = readTool({
  name: "list_account_balances",
  description: "Balances of the accounts of one kind as of the last closed month, the largest first.",
  input: { kind: Kind },
  output: { accounts: z.array(Balance), total_count: Count, total_balance: Money, currency: Currency },
  async run(db, { kind }) {
    const { rows, totals } = await listRows<z.infer<typeof Balance>, typeof none>(
      db,
      `select *, count(*) over () as total_count, sum(balance) over () as total_balance
       from (select ${columns} from ledger_account join account_balance using (account_id) where kind = $1) as one
       order by balance desc, account_id limit ${MAX_ROWS}`,
      [kind],
      none,
    );
    return { accounts: rows, ...totals, currency: EUR };
  },
});

const Suggestion = z.strictObject({ account_id: Text, name: Text, purpose: Text, examples: Text, not_here: Text });

const suggestAccount = readTool({
  name: "suggest_account",
  description: "Accounts to which something is booked, by the words that describe it; the best first.",
  input: { query: Note },
  output: { suggestions: z.array(Suggestion), total_count: Count },
  async run(db, { query }) {
    // A question has words that no account has: any word may match, and the ranking sorts out which fits.
    const { rows, totals } = await listRows<z.infer<typeof Suggestion>, { total_count: number }>(
      db,
      `with wanted as (select replace(plainto_tsquery('english', $1)::text, ' & ', ' | ')::tsquery as q)
       select account_id, name, purpose, examples, not_here, count(*) over () as total_count
       from wanted, account_guide join ledger_account using (account_id)
       where search @@ q order by ts_rank(search, q) desc, account_id limit 3`,
      [query],
      { total_count: 0 },
    );
    return { suggestions: rows, ...totals };
  },
});

const listAccountNames = readTool({
  name: "list_account_names",
  description: "What the accounts of the ledger are called: their names, and their numbers too.",
  input: {},
  output: { names: z.array(z.strictObject({ name: Text })) },
  async run(db) {
    const { rows } = await db.query<{ name: string }>(
      "select name from ledger_account union all select account_id from ledger_account order by name",
    );
    return { names: rows };
  },
});

export const accountTools = [getAccount, listAccountBalances, suggestAccount, listAccountNames];
