import { z } from "zod";
import type { Tx } from "../../../store/pool.ts";
import { lookUp, oneRow } from "../lookup.ts";
import { Count, Note, Text, Wanted, written } from "../shapes.ts";
import { writeTool } from "../tool.ts";
import { AccountStatus, SIGN_IN_ACCOUNTS, type SignInAccount, signInAccountColumns } from "./sign-in.ts";
import { PEOPLE } from "./ticket.ts";

const State = z.strictObject({ status: AccountStatus });
const whose = { upn: Text, person_name: Text };

const lockAccount = writeTool({
  name: "lock_account",
  description: "Locks the account of a person: nobody can sign in with it. Safe to repeat.",
  input: { person: Wanted, reason: Note },
  output: { ...whose, ...written(State, State) },
  compensation: "unlock_account",
  async run(tx, { person, reason }) {
    const { upn, person_name, status } = await lockRow(tx, person);
    const changed = status !== "locked";
    if (changed)
      await tx.query(
        "update sign_in_account set status = 'locked', locked_on = current_date, lock_reason = $2 where upn = $1",
        [upn, reason],
      );
    return { upn, person_name, changed, before: { status }, after: { status: "locked" as const } };
  },
});

const unlockAccount = writeTool({
  name: "unlock_account",
  description: "Unlocks the account of a person. Safe to repeat.",
  input: { person: Wanted },
  output: { ...whose, ...written(State, State) },
  compensation: "lock_account",
  async run(tx, { person }) {
    const { upn, person_name, status } = await lockRow(tx, person);
    const changed = status !== "active";
    if (changed)
      await tx.query(
        "update sign_in_account set status = 'active', locked_on = null, lock_reason = null where upn = $1",
        [upn],
      );
    return { upn, person_name, changed, before: { status }, after: { status: "active" as const } };
  },
});

const Sessions = z.strictObject({ open_sessions: Count });

const endSessions = writeTool({
  name: "end_sessions",
  description: "Signs a person out everywhere. An ended session cannot be brought back.",
  input: { person: Wanted },
  output: { ...whose, ended_count: Count, ...written(Sessions, Sessions) },
  reversal: "non-reversible",
  async run(tx, { person }) {
    const { upn, person_name } = await lockRow(tx, person);
    const ended = await tx.query(
      "update sign_in_session set ended_on = current_date where upn = $1 and ended_on is null",
      [upn],
    );
    const ended_count = ended.rowCount ?? 0;
    const before = { open_sessions: ended_count };
    return { upn, person_name, ended_count, changed: ended_count > 0, before, after: { open_sessions: 0 } };
  },
});

async function lockRow(tx: Tx, wanted: string): Promise<SignInAccount> {
  const person = await lookUp(tx, "person", wanted, PEOPLE);
  return oneRow<SignInAccount>(
    tx,
    "account of",
    person.id,
    `select ${signInAccountColumns} ${SIGN_IN_ACCOUNTS} where s.upn = $1 for update of s`,
  );
}

export const signInWriteTools = [lockAccount, unlockAccount, endSessions];
