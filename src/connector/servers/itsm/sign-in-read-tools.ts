import { z } from "zod";
import { filterId, listRows, lookUp, oneRow } from "../lookup.ts";
import { Count, Day, MAX_ROWS, Text, Wanted } from "../shapes.ts";
import { readTool } from "../tool.ts";
import {
  AccountStatus,
  SecondFactor,
  SIGN_IN_ACCOUNTS,
  SignInAccount,
  signInAccount,
  signInAccountColumns,
} from "./sign-in.ts";
import { DEPARTMENTS, PEOPLE } from "./ticket.ts";

const noAccounts = { total_count: 0, account_count: 0 };

const listSignInAccounts = readTool({
  name: "list_sign_in_accounts",
  description: "The accounts that people sign in with, by second factor, status or department.",
  input: { second_factor: SecondFactor.optional(), status: AccountStatus.optional(), department: Wanted.optional() },
  output: {
    accounts: z.array(SignInAccount),
    total_count: Count,
    /** all accounts of the department, or of the company: what the list is a share of */
    account_count: Count,
  },
  async run(db, args) {
    const department = await filterId(db, "department", args.department, DEPARTMENTS);
    const { rows, totals } = await listRows<SignInAccount, typeof noAccounts>(
      db,
      `select ${signInAccountColumns}, count(*) over () as total_count,
         (select count(*) ${SIGN_IN_ACCOUNTS} where ($3::text is null or p.department = $3)) as account_count
       ${SIGN_IN_ACCOUNTS}
       where ($1::text is null or s.second_factor = $1) and ($2::text is null or s.status = $2)
         and ($3::text is null or p.department = $3)
       order by s.locked_on desc nulls last, p.department, p.name limit ${MAX_ROWS}`,
      [args.second_factor ?? null, args.status ?? null, department],
      noAccounts,
    );
    return { accounts: rows, ...totals };
  },
});

const getSignInAccount = readTool({
  name: "get_sign_in_account",
  description: "The account that a person signs in with: whether it is locked, and how many sessions are open.",
  input: { person: Wanted },
  output: { ...signInAccount, open_sessions: Count },
  async run(db, { person: wanted }) {
    const person = await lookUp(db, "person", wanted, PEOPLE);
    return oneRow<SignInAccount & { open_sessions: number }>(
      db,
      "account of",
      person.id,
      `select ${signInAccountColumns},
         (select count(*) from sign_in_session o where o.upn = s.upn and o.ended_on is null) as open_sessions
       ${SIGN_IN_ACCOUNTS} where s.upn = $1`,
    );
  },
});

const Failure = z.strictObject({ on_day: Day, place: Text, client: Text, attempts: Count, cause: Text });
const noFailures = { total_count: 0, attempt_count: 0, place_count: 0 };

const listSignInFailures = readTool({
  name: "list_sign_in_failures",
  description: "Failed sign-ins of a person in the last weeks, the latest first.",
  input: { person: Wanted },
  output: {
    person: Text,
    person_name: Text,
    failures: z.array(Failure),
    total_count: Count,
    attempt_count: Count,
    place_count: Count,
  },
  async run(db, { person: wanted }) {
    const person = await lookUp(db, "person", wanted, PEOPLE);
    const { rows, totals } = await listRows<z.infer<typeof Failure>, typeof noFailures>(
      db,
      `select on_day, place, client, attempts, cause, count(*) over () as total_count,
         sum(attempts) over () as attempt_count,
         (select count(distinct place) from sign_in_failure where upn = $1) as place_count
       from sign_in_failure where upn = $1 order by on_day desc, failure_id limit ${MAX_ROWS}`,
      [person.id],
      noFailures,
    );
    return { person: person.id, person_name: person.name, failures: rows, ...totals };
  },
});

export const signInReadTools = [listSignInAccounts, getSignInAccount, listSignInFailures];
