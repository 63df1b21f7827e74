import type { Queryable } from "../../store/pool.ts";
import type { Fault } from "../check-links.ts";

/**
 * What happened since a moment and left no link: a turn, or an action that began. Both are recorded in the transaction of their
 * link, so that one without it means that links were taken away. It sees what no anchor can see yet.
 * @param since "2026-11-22T01:58:25.123456Z"; undefined: ever
 */
export async function unrecorded(
  db: Queryable,
  tenantId: string,
  since: string | undefined,
): Promise<Omit<Fault, "seq"> | undefined> {
  const { rows } = await db.query<{ what: string; id: string }>(
    `(select 'turn' as what, turn_id::text as id from turn t
       where tenant_id = $1 and created_at > coalesce($2::timestamptz, '-infinity')
         and not exists (select from audit_log a where a.tenant_id = $1 and a.turn_id = t.turn_id) limit 1)
     union all
     (select 'action', action_id::text from action x
       where tenant_id = $1 and updated_at > coalesce($2::timestamptz, '-infinity')
         and state in ('started', 'done', 'failed', 'unknown', 'undone')
         and not exists (select from audit_log a where a.tenant_id = $1 and a.run_id = x.run_id
                            and a.kind = 'action.started'
                            -- links of version 1 did not name their action
                            and (a.v = 1 or a.data ->> 'actionId' = x.action_id::text)) limit 1)
     limit 1`,
    [tenantId, since ?? null],
  );
  const [found] = rows;
  return found && { why: `${found.what} ${found.id} happened, and no link records it: links are missing` };
}
