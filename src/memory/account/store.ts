import pg from "pg";
import type { Queryable } from "../../store/pool.ts";

/** Who is signed in on this connection, and whether row-level security might not bind it. */
export async function accountFacts(db: Queryable): Promise<{ name: string; isPowerful: boolean }> {
  const { rows } = await db.query<{ name: string; isPowerful: boolean }>(
    `select rolname as name,
            rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication
              or exists (select from pg_auth_members where member = r.oid) as "isPowerful"
       from pg_roles r where rolname = session_user`,
  );
  return rows[0] ?? { name: "nobody", isPowerful: true };
}

/** @param verifier what is stored of the password; statements of this kind take no parameters */
export async function setPassword(db: Queryable, account: string, verifier: string): Promise<void> {
  await db.query(`alter role ${pg.escapeIdentifier(account)} password ${pg.escapeLiteral(verifier)}`);
}

/** Lets the role that the bot works as use memory, where it is not the owner of the tables (migration 069). */
export async function letBotIn(owner: Queryable): Promise<void> {
  await owner.query("select memory.let_bot_in()");
}
