import { type Queryable, type Tx, write } from "../../store/pool.ts";
import type { AgentRecord } from "../agent-record.ts";
import type { Known } from "../reuse.ts";

/** What an agent was at a time: its record and the plans that the record names. Numbers count up per agent. */
export type AgentVersion = {
  agentId: string;
  number: number;
  contentHash: string;
  record: AgentRecord;
  plans: Record<string, unknown>;
  registeredAt: Date;
};

/** Which version serves, and which is tried on a share of the conversations, in percent. */
export type Pointer = {
  agentId: string;
  active: number;
  canary: number | null;
  canaryShare: number;
  canarySince: Date | null;
  /** as people have set it; null: as the record says */
  status: AgentRecord["status"] | null;
  /** upn of whoever was named to answer for it; null: as the record says */
  owner: string | null;
};

const VERSION = `agent_id as "agentId", number, content_hash as "contentHash", record, plans, registered_at as "registeredAt"`;
const POINTER = `agent_id as "agentId", active, canary, canary_share as "canaryShare", canary_since as "canarySince", status,
  owner_upn as owner`;

/** Keeps a version, where its content is new. @returns its number, and whether it is new */
export async function keepVersion(
  tx: Tx,
  tenantId: string,
  version: Pick<AgentVersion, "agentId" | "contentHash" | "record" | "plans">,
): Promise<{ number: number; isNew: boolean }> {
  const { agentId, contentHash, record, plans } = version;
  const { rows } = await tx.query<{ number: number; isNew: boolean }>(
    `with kept as (
       insert into agent_version (tenant_id, agent_id, number, content_hash, record, plans)
       select $1, $2, coalesce(max(number), 0) + 1, $3, $4, $5 from agent_version where tenant_id = $1 and agent_id = $2
       on conflict (tenant_id, agent_id, content_hash) do nothing returning number)
     select number, true as "isNew" from kept
     union all
     select number, false from agent_version where tenant_id = $1 and agent_id = $2 and content_hash = $3`,
    [tenantId, agentId, contentHash, JSON.stringify(record), JSON.stringify(plans)],
  );
  return rows[0] ?? { number: 1, isNew: false };
}

/** The hashes of all contents that each agent with a pointer has had. */
export async function contentsKept(db: Queryable, tenantId: string): Promise<Map<string, Set<string>>> {
  const { rows } = await db.query<{ agentId: string; hashes: string[] }>(
    `select agent_id as "agentId", array_agg(content_hash) as hashes
       from agent_version join agent_pointer using (tenant_id, agent_id) where tenant_id = $1 group by agent_id`,
    [tenantId],
  );
  return new Map(rows.map(({ agentId, hashes }) => [agentId, new Set(hashes)]));
}

export async function loadVersion(
  db: Queryable,
  tenantId: string,
  agentId: string,
  number: number,
): Promise<AgentVersion | undefined> {
  const { rows } = await db.query<AgentVersion>(
    `select ${VERSION} from agent_version where tenant_id = $1 and agent_id = $2 and number = $3`,
    [tenantId, agentId, number],
  );
  return rows[0];
}

/** The version of each agent that serves. */
export async function activeVersions(db: Queryable, tenantId: string): Promise<AgentVersion[]> {
  const { rows } = await db.query<AgentVersion>(
    `select ${VERSION} from agent_version v
      where tenant_id = $1 and exists (select 1 from agent_pointer p
        where p.tenant_id = v.tenant_id and p.agent_id = v.agent_id and p.active = v.number)
      order by registered_at, agent_id`,
    [tenantId],
  );
  return rows;
}

export async function versionsOf(db: Queryable, tenantId: string, agentId: string): Promise<AgentVersion[]> {
  const { rows } = await db.query<AgentVersion>(
    `select ${VERSION} from agent_version where tenant_id = $1 and agent_id = $2 order by number desc limit 20`,
    [tenantId, agentId],
  );
  return rows;
}

/** What agents are or were known by: each name and identity that a version of them has had. */
export async function identitiesKnown(db: Queryable, tenantId: string): Promise<Known[]> {
  const { rows } = await db.query<Omit<Known, "where">>(
    `select distinct agent_id as "agentId", v.display_name as "displayName", v.service_principal_id as "principalId",
            coalesce(p.status, a.record_status) = 'deprecated' as "isGone"
       from agent_version v join agent_pointer p using (tenant_id, agent_id)
       join agent_version a using (tenant_id, agent_id)
      where tenant_id = $1 and a.number = p.active
      order by agent_id`,
    [tenantId],
  );
  return rows.map((row) => ({ ...row, where: row.isGone ? "it was retired" : "it is registered" }));
}

/** Every version that was ever registered, by agent and number. */
export async function allVersions(db: Queryable, tenantId: string): Promise<AgentVersion[]> {
  const { rows } = await db.query<AgentVersion>(
    `select ${VERSION} from agent_version where tenant_id = $1 order by agent_id, number`,
    [tenantId],
  );
  return rows;
}

export async function pointers(db: Queryable, tenantId: string): Promise<Pointer[]> {
  const { rows } = await db.query<Pointer>(`select ${POINTER} from agent_pointer where tenant_id = $1`, [tenantId]);
  return rows;
}

export async function pointerOf(db: Queryable, tenantId: string, agentId: string): Promise<Pointer | undefined> {
  const { rows } = await db.query<Pointer>(
    `select ${POINTER} from agent_pointer where tenant_id = $1 and agent_id = $2`,
    [tenantId, agentId],
  );
  return rows[0];
}

export async function lockPointer(tx: Tx, tenantId: string, agentId: string): Promise<Pointer | undefined> {
  const { rows } = await tx.query<Pointer>(
    `select ${POINTER} from agent_pointer where tenant_id = $1 and agent_id = $2 for update`,
    [tenantId, agentId],
  );
  return rows[0];
}

/** Processes follow their pointers: each is told when one has changed. */
export const FLEET_CHANNEL = "signalbox_fleet";

export async function setPointer(
  tx: Tx,
  tenantId: string,
  agentId: string,
  to: { active: number; canary: number | null; canaryShare: number; by: string },
): Promise<void> {
  await write(tx, {
    text: `insert into agent_pointer (tenant_id, agent_id, active, canary, canary_share, canary_since, changed_by)
     values ($1, $2, $3, $4, $5, case when $4::int is null then null else now() end, $6)
     on conflict (tenant_id, agent_id) do update
       set active = $3, canary = $4, canary_share = $5, changed_by = $6, changed_at = now(),
           canary_since = case when $4::int is null then null else now() end`,
    values: [tenantId, agentId, to.active, to.canary, to.canaryShare, to.by],
  });
  await write(tx, { text: "select pg_notify($1, $2)", values: [FLEET_CHANNEL, agentId] });
}

/** Holds for every version of the agent, until it is set again. Processes are told. */
export async function setStatus(
  tx: Tx,
  tenantId: string,
  agentId: string,
  { status, by }: { status: AgentRecord["status"]; by: string },
): Promise<void> {
  await tx.query(
    `update agent_pointer set status = $3, status_since = now(), changed_by = $4, changed_at = now()
      where tenant_id = $1 and agent_id = $2`,
    [tenantId, agentId, status, by],
  );
  await tx.query("select pg_notify($1, $2)", [FLEET_CHANNEL, agentId]);
}

/** Holds for every version of the agent, whatever its record says. Processes are told. */
export async function setOwner(
  tx: Tx,
  tenantId: string,
  agentId: string,
  { owner, by }: { owner: string; by: string },
): Promise<void> {
  await tx.query(
    `update agent_pointer set owner_upn = $3, changed_by = $4, changed_at = now() where tenant_id = $1 and agent_id = $2`,
    [tenantId, agentId, owner, by],
  );
  await tx.query("select pg_notify($1, $2)", [FLEET_CHANNEL, agentId]);
}

/** The status of an agent in this very moment, also within the transaction that changes it. */
export async function statusOf(
  db: Queryable,
  tenantId: string,
  agentId: string,
): Promise<AgentRecord["status"] | undefined> {
  const { rows } = await db.query<{ status: AgentRecord["status"] }>(
    `select coalesce(p.status, v.record ->> 'status') as status
       from agent_pointer p join agent_version v on v.tenant_id = p.tenant_id and v.agent_id = p.agent_id and v.number = p.active
      where p.tenant_id = $1 and p.agent_id = $2`,
    [tenantId, agentId],
  );
  return rows[0]?.status;
}

/** How a version has done since a moment: what a canary is judged by. */
export type Performance = { turns: number; failed: number; p95Ms: number | null; runs: number; failedRuns: number };

export async function performanceOf(
  db: Queryable,
  tenantId: string,
  agentId: string,
  number: number,
  since: Date,
): Promise<Performance> {
  const { rows } = await db.query<Performance>(
    `select (select count(*)::int from turn t where t.tenant_id = $1 and t.agent_id = $2 and t.agent_version = $3 and t.created_at >= $4) as turns,
            (select count(*)::int from turn t where t.tenant_id = $1 and t.agent_id = $2 and t.agent_version = $3 and t.created_at >= $4
               and t.outcome = 'failed') as failed,
            (select percentile_cont(0.95) within group (order by latency_ms) from turn t
              where t.tenant_id = $1 and t.agent_id = $2 and t.agent_version = $3 and t.created_at >= $4) as "p95Ms",
            (select count(*)::int from run r where r.tenant_id = $1 and r.agent_id = $2 and r.agent_version = $3 and r.created_at >= $4
               and r.status in ('completed', 'failed', 'partly-done', 'needs-check')) as runs,
            (select count(*)::int from run r where r.tenant_id = $1 and r.agent_id = $2 and r.agent_version = $3 and r.created_at >= $4
               and r.status in ('failed', 'needs-check')) as "failedRuns"`,
    [tenantId, agentId, String(number), since],
  );
  return rows[0] ?? { turns: 0, failed: 0, p95Ms: null, runs: 0, failedRuns: 0 };
}
