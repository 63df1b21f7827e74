import { z } from "zod";
import { listRows, lookUp, oneRow } from "../lookup.ts";
import { Count, Day, MAX_ROWS, Money, Text, Wanted } from "../shapes.ts";
import { readTool } from "../tool.ts";

const CONTRACTS = "select contract_id as id, counterparty || ': ' || title as name, counterparty as also from contract";
const Party = z.enum(["customer", "vendor", "other"]);
const Risk = z.enum(["low", "medium", "high"]);
/** How far one looks ahead, as people say it. */
const days = { month: 30, quarter: 91, "half-year": 183, year: 365 };
const Period = z.enum(["month", "quarter", "half-year", "year"]);

const contract = {
  contract_id: Text,
  title: Text,
  counterparty: Text,
  party_kind: Party,
  status: Text,
  yearly_value: Money,
  starts_on: Day,
  ends_on: Day,
  notice_days: Count,
  notice_by: Day,
  days_to_notice: z.number().int(),
  renews: z.boolean(),
  governing_law: Text,
  risk: Risk,
  owner_name: Text,
  clause_count: Count,
  high_risk_count: Count,
};
const Contract = z.strictObject(contract);

/** `notice_by`: the last day on which it can be terminated for its end. */
const CONTRACT = `
  select c.contract_id, c.title, c.counterparty, c.party_kind, c.status, c.yearly_value::text, c.starts_on, c.ends_on,
    c.notice_days, c.ends_on - c.notice_days as notice_by, c.ends_on - c.notice_days - current_date as days_to_notice,
    c.renews, c.governing_law, c.risk, e.name as owner_name, found.clause_count, found.high_risk_count
  from contract c join employee e on e.upn = c.owner cross join lateral (
    select count(*)::int as clause_count, count(*) filter (where risk = 'high')::int as high_risk_count
    from contract_clause where contract_id = c.contract_id) as found`;

const listContracts = readTool({
  name: "list_contracts",
  description: "Contracts that the legal team has before it: in review, in negotiation or awaiting signature.",
  input: { party_kind: Party.optional(), risk: Risk.optional() },
  output: { contracts: z.array(Contract), total_count: Count, high_risk_total: Count },
  async run(db, { party_kind, risk }) {
    const { rows, totals } = await listRows<z.infer<typeof Contract>, { total_count: number; high_risk_total: number }>(
      db,
      `select *, count(*) over () as total_count, count(*) filter (where risk = 'high') over () as high_risk_total
       from (${CONTRACT}) as one
       where status in ('in review', 'negotiation', 'awaiting signature')
         and ($1::text is null or party_kind = $1) and ($2::text is null or risk = $2)
       order by array_position(array['high', 'medium', 'low'], risk), contract_id limit ${MAX_ROWS}`,
      [party_kind ?? null, risk ?? null],
      { total_count: 0, high_risk_total: 0 },
    );
    return { contracts: rows, ...totals };
  },
});

const listContractNames = readTool({
  name: "list_contract_names",
  description: "What contracts are known by: their numbers and their counterparties.",
  input: {},
  output: { contracts: z.array(z.strictObject({ name: Text })) },
  async run(db) {
    const found = await db.query<{ name: string }>(
      "select counterparty as name from contract union select contract_id from contract order by 1",
    );
    return { contracts: found.rows };
  },
});

const Clause = z.strictObject({ clause: Text, finding: Text, risk: Risk });

const getContract = readTool({
  name: "get_contract",
  description:
    "One contract: its key terms, and the clauses that the legal team found worth a note, the riskiest first.",
  input: { contract: Wanted },
  output: { ...contract, clauses: z.array(Clause) },
  async run(db, { contract: wanted }) {
    const { id } = await lookUp(db, "contract", wanted, CONTRACTS);
    const sql = `select * from (${CONTRACT}) as one where contract_id = $1`;
    const row = await oneRow<z.infer<typeof Contract>>(db, "contract", id, sql);
    const clauses = await db.query<z.infer<typeof Clause>>(
      `select clause, finding, risk from contract_clause where contract_id = $1
       order by array_position(array['high', 'medium', 'low'], risk), position limit ${MAX_ROWS}`,
      [id],
    );
    return { ...row, clauses: clauses.rows };
  },
});

const listContractsEnding = readTool({
  name: "list_contracts_ending",
  description:
    "Active contracts that end within the coming month, quarter, half-year or year, the next day of notice first.",
  input: { period: Period, party_kind: Party.optional() },
  output: { contracts: z.array(Contract), total_count: Count, value_total: Money },
  async run(db, { period, party_kind }) {
    const { rows, totals } = await listRows<z.infer<typeof Contract>, { total_count: number; value_total: string }>(
      db,
      `select *, count(*) over () as total_count, sum(yearly_value::numeric) over ()::text as value_total
       from (${CONTRACT}) as one
       where status = 'active' and ends_on between current_date and current_date + $1::int
         and ($2::text is null or party_kind = $2)
       order by notice_by, contract_id limit ${MAX_ROWS}`,
      [days[period], party_kind ?? null],
      { total_count: 0, value_total: "0.00" },
    );
    return { contracts: rows, ...totals };
  },
});

export const contractTools = [listContracts, listContractNames, getContract, listContractsEnding];
