import type { Queryable } from "../../store/pool.ts";
import { LINK_COLUMNS, linkOf } from "../chain/store.ts";
import type { Link } from "../link.ts";

/** What links are looked for; all that is given must hold. */
export type Question = {
  /** code or id of a run, with the turn that it came of */
  run?: string | undefined;
  /** code or id of a turn, with the runs that came of it */
  turn?: string | undefined;
  actor?: string | undefined;
  /** the agent acted, or was acted upon */
  agent?: string | undefined;
  /** "action.done", or "action.*" for all of them */
  kind?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
  limit: number;
};

/** The latest links that answer the question, oldest first. */
export async function findLinks(db: Queryable, tenantId: string, question: Question): Promise<Link[]> {
  const { run, turn, actor, agent, kind, since, until, limit } = question;
  const { rows } = await db.query<unknown[]>({
    text: `select * from (
       select ${LINK_COLUMNS} from audit_log a
        where tenant_id = $1
          and ($2::text is null or run_id in (select run_id from run where tenant_id = $1 and (code = upper($2) or run_id::text = $2))
               or turn_id in (select turn_id from run where tenant_id = $1 and (code = upper($2) or run_id::text = $2)))
          and ($3::text is null or turn_id in (select turn_id from turn where tenant_id = $1 and (code = upper($3) or turn_id::text = $3))
               or run_id in (select run_id from run join turn using (tenant_id, turn_id)
                              where tenant_id = $1 and (turn.code = upper($3) or turn_id::text = $3)))
          and ($4::text is null or actor = $4)
          and ($5::text is null or actor = $5 or data ->> 'agentId' = $5)
          and ($6::text is null or kind like $6)
          and ($7::timestamptz is null or at >= $7) and ($8::timestamptz is null or at < $8)
        order by seq desc limit $9) latest order by seq`,
    values: [tenantId, run, turn, actor, agent, kind === undefined ? null : patternOf(kind), since, until, limit],
    rowMode: "array",
  } as never);
  return rows.map((cells) => linkOf(tenantId, cells));
}

function patternOf(kind: string): string {
  return kind.replaceAll(/[\\%_]/g, "\\$&").replaceAll("*", "%");
}
