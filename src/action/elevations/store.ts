import { type Queryable, type Tx, write } from "../../store/pool.ts";
import type { Action } from "../action.ts";

/**
 * Just-in-time elevation (R6.7): an agent version may make one call, with exactly these arguments, from the moment at which
 * its step starts to the end of the effect. Without it the connectors refuse to write.
 */
export async function grant(
  tx: Tx,
  tenantId: string,
  actions: readonly Pick<Action, "actionId" | "agentId" | "agentVersion" | "tool" | "digest">[],
  seconds: number,
): Promise<void> {
  if (actions.length === 0) return;
  const column = <K extends "actionId" | "agentId" | "agentVersion" | "tool" | "digest">(key: K) =>
    actions.map((action) => action[key]);
  await write(tx, {
    name: "elevation-grant",
    text: `insert into elevation (tenant_id, action_id, agent_id, agent_version, tool, digest, ends_at)
     select $1, id, agent, version, tool, digest, now() + make_interval(secs => $7)
       from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[]) as granted (id, agent, version, tool, digest)
     on conflict (tenant_id, action_id) do update set ended_at = null, ends_at = excluded.ends_at`,
    values: [
      tenantId,
      column("actionId"),
      column("agentId"),
      column("agentVersion"),
      column("tool"),
      column("digest"),
      seconds,
    ],
  });
}

/** A right that is in force is in force for so long from now on; one that has ended stays so. */
export async function extend(tx: Tx, tenantId: string, actionId: string, seconds: number): Promise<void> {
  await write(tx, {
    name: "elevation-extend",
    text: `update elevation set ends_at = now() + make_interval(secs => $3)
      where tenant_id = $1 and action_id = $2 and ended_at is null`,
    values: [tenantId, actionId, seconds],
  });
}

/** The effects have ended, and with them the right to make them. */
export async function revoke(tx: Tx, tenantId: string, actionIds: readonly string[]): Promise<void> {
  if (actionIds.length === 0) return;
  await write(tx, {
    name: "elevation-revoke",
    text: "update elevation set ended_at = now() where tenant_id = $1 and action_id = any($2) and ended_at is null",
    values: [tenantId, actionIds],
  });
}

/** Is the right of an action to make exactly this call in force at this moment? The action names the agent version that acts. */
export async function isGranted(
  db: Queryable,
  tenantId: string,
  call: Pick<Action, "actionId" | "tool" | "digest">,
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: "elevation-check",
    text: `select 1 from elevation e join action a using (tenant_id, action_id, agent_id, agent_version)
      where e.tenant_id = $1 and e.action_id = $2 and e.tool = $3 and e.digest = $4
        and e.ended_at is null and e.ends_at > now()`,
    values: [tenantId, call.actionId, call.tool, call.digest],
  });
  return rowCount === 1;
}
