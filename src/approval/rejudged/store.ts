import { type Queryable, type Tx, write } from "../../store/pool.ts";

/** Open questions that other policies have put than these. */
export async function pendingUnderOthers(db: Queryable, tenantId: string, policyVersion: string): Promise<string[]> {
  const { rows } = await db.query<{ approvalId: string }>(
    `select approval_id as "approvalId" from approval
      where tenant_id = $1 and status = 'pending' and policy_version <> $2 order by created_at`,
    [tenantId, policyVersion],
  );
  return rows.map(({ approvalId }) => approvalId);
}

/** The policies of this version would put the question the same way. */
export async function restamp(tx: Tx, tenantId: string, approvalId: string, policyVersion: string): Promise<void> {
  await write(tx, {
    text: `with restamped as (
       update approval set policy_version = $3, version = version + 1
        where tenant_id = $1 and approval_id = $2 and status = 'pending' returning 1)
     insert into approval_event (tenant_id, approval_id, seq, type, data)
     select $1, $2, (select coalesce(max(seq), 0) + 1 from approval_event where tenant_id = $1 and approval_id = $2), 'judged-again',
            jsonb_build_object('policyVersion', $3::text) from restamped`,
    values: [tenantId, approvalId, policyVersion],
  });
}
