import { openPool, type Queryable } from "../../store/pool.ts";
import type { Log } from "../../telemetry/log.ts";

/**
 * Gives the log an owner of its own, where that is not so yet (migration 065), and says so in the log where whoever the bot works
 * as could still change evidence.
 * @param owner as whoever makes the tables
 * @param url as the bot works
 */
export async function separateWriter(owner: Queryable, url: string, log: Log): Promise<void> {
  const { rows } = await owner.query<{ why: string | null }>("select audit_separate() as why");
  const why = rows[0]?.why ?? (await canChange(url));
  if (why === null) return;
  const cure =
    "As an administrator: create role signalbox_audit nologin; create role signalbox_app nologin; grant both to DATABASE_OWNER_URL's role with admin option; give DATABASE_URL's role signalbox_app and nothing else.";
  log.warn({ why, cure }, "the bot could change its own audit log: only the anchors would tell");
}

/**
 * Lets members of signalbox_auditor read the log, where that is not so yet (migration 070). Nothing else depends on it: where the
 * role cannot be made, auditors are told what is missing.
 */
export async function letAuditorsIn(owner: Queryable, log: Log): Promise<void> {
  const { rows } = await owner.query<{ why: string | null }>("select audit_let_auditors_in() as why");
  const why = rows[0]?.why ?? null;
  if (why !== null)
    log.info({ why, cure: "As an administrator: create role signalbox_auditor nologin" }, "no auditor can sign in");
}

/** @returns why this login could change evidence; null where it cannot */
async function canChange(url: string): Promise<string | null> {
  const pool = openPool(url, { name: "signalbox-audit", max: 1 });
  try {
    const { rows } = await pool.query<{ why: string | null }>(
      `select case when (select rolsuper from pg_roles where rolname = current_user) then 'DATABASE_URL is of a superuser'
                   when pg_has_role(current_user, (select tableowner from pg_tables where schemaname = 'public' and tablename = 'audit_log'), 'member')
                     then 'DATABASE_URL is of whoever owns the log'
                   when has_table_privilege('audit_log', 'insert, update, delete, truncate, trigger') then 'DATABASE_URL may write to the log'
              end as why`,
    );
    return rows[0]?.why ?? null;
  } finally {
    await pool.end();
  }
}
