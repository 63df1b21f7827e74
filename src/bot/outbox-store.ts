import type { Pool, Queryable } from "../store/pool.ts";
import type { Address } from "./channel.ts";

/** A queued row that this process has claimed. */
export type Due = {
  outboxId: number;
  lane: string;
  verb: "post" | "update";
  activity: Record<string, unknown>;
  cardCopyId: string | null;
  copyActivityId: string | null;
  dedupeKey: string;
  attempts: number;
  /** null where the bot is not in the conversation, or the lane is a person's */
  address: Address | null;
  /** more is queued behind it in its lane */
  more: boolean;
};

/**
 * Claims the first unsent row of each lane: a later one waits for it, so order is kept. A claim is a lease; when its holder
 * dies, the row is taken again, and the channel that can know shows it once.
 */
export async function claimDue(db: Queryable, tenantId: string, worker: string, limit: number): Promise<Due[]> {
  const { rows } = await db.query<Due>({
    name: "outbox-claim",
    text: `update outbox o set state = 'sending', worker = $2, lease_until = now() + interval '60 seconds', attempts = attempts + 1
      where outbox_id in (
        select outbox_id from outbox due
         where tenant_id = $1 and state in ('queued', 'sending') and not_before <= now()
           and (state = 'queued' or lease_until < now())
           and not exists (select 1 from outbox earlier
                            where earlier.tenant_id = due.tenant_id and earlier.lane = due.lane
                              and earlier.state in ('queued', 'sending') and earlier.outbox_id < due.outbox_id)
         order by outbox_id limit $3 for update skip locked)
      returning outbox_id as "outboxId", lane, verb, activity, card_copy_id as "cardCopyId", dedupe_key as "dedupeKey", attempts,
        (select activity_id from card_copy c where c.tenant_id = o.tenant_id and c.card_copy_id = o.card_copy_id)
          as "copyActivityId",
        (select jsonb_build_object('conversationId', conversation_id, 'channelId', channel_id, 'serviceUrl', service_url,
                                   'botId', bot_id)
           from conversation c
          where c.tenant_id = o.tenant_id and c.removed_at is null and o.lane like 'conversation:%'
            and c.conversation_id = substr(o.lane, length('conversation:') + 1)) as address,
        exists (select 1 from outbox later where later.tenant_id = o.tenant_id and later.lane = o.lane
                   and later.state = 'queued' and later.outbox_id > o.outbox_id) as more`,
    values: [tenantId, worker, limit],
  });
  return rows;
}

/** Delivered: the ledger learns where the card is, and since when somebody has a question before them. */
export async function sent(db: Queryable, tenantId: string, due: Due, activityId: string): Promise<void> {
  await db.query({
    name: "outbox-sent",
    text: `with done as (
       update outbox set state = 'sent', activity_id = $3, sent_at = now(), lease_until = null
        where tenant_id = $1 and outbox_id = $2), seen as (
       update approval_asked s set seen_at = now()
         from card_copy c
        where $5 = 'post' and c.tenant_id = $1 and c.card_copy_id = $4 and c.subject_kind = 'approval'
          and s.tenant_id = $1 and s.approval_id = c.subject_id and s.person_id = c.person_id and s.seen_at is null)
     update card_copy set activity_id = case when $5 = 'post' then $3 else activity_id end, state = 'live', updated_at = now(),
            conversation_id = coalesce(conversation_id, nullif(regexp_replace(lane, '^conversation:', ''), lane))
      where tenant_id = $1 and card_copy_id = $4 and state <> 'dead'`,
    values: [tenantId, due.outboxId, activityId, due.cardCopyId, due.verb],
  });
}

export async function postponed(
  db: Queryable,
  tenantId: string,
  due: Due,
  delayMs: number,
  why: string,
): Promise<void> {
  await db.query(
    `update outbox set state = 'queued', lease_until = null, not_before = now() + $3 * interval '1 millisecond', last_error = $4
      where tenant_id = $1 and outbox_id = $2`,
    [tenantId, due.outboxId, delayMs, why.slice(0, 500)],
  );
}

export async function failed(db: Queryable, tenantId: string, due: Due, why: string): Promise<void> {
  await db.query(
    `with done as (
       update outbox set state = 'failed', lease_until = null, last_error = $3 where tenant_id = $1 and outbox_id = $2)
     update card_copy set state = 'dead', updated_at = now() where tenant_id = $1 and card_copy_id = $4`,
    [tenantId, due.outboxId, why.slice(0, 500), due.cardCopyId],
  );
}

/** An update that cannot land: the row becomes a post of the same card, and the ledger follows the new copy. */
export async function supersede(db: Queryable, tenantId: string, due: Due, why: string): Promise<void> {
  await db.query(
    `with posted as (
       update outbox set state = 'queued', verb = 'post', attempts = 0, lease_until = null, not_before = now(), last_error = $3,
              dedupe_key = dedupe_key || ':superseding'
        where tenant_id = $1 and outbox_id = $2)
     update card_copy set activity_id = null, state = 'sending', updated_at = now()
      where tenant_id = $1 and card_copy_id = $4`,
    [tenantId, due.outboxId, why.slice(0, 500), due.cardCopyId],
  );
}

/** Gives back what this process has claimed; only while it sends nothing. */
export async function releaseClaims(pool: Pool, tenantId: string, worker: string): Promise<void> {
  await pool.query(
    "update outbox set state = 'queued', lease_until = null where tenant_id = $1 and state = 'sending' and worker = $2",
    [tenantId, worker],
  );
}

/** Gives back what dead processes had claimed, without waiting for their leases. */
export async function releaseOrphans(pool: Pool, tenantId: string): Promise<void> {
  await pool.query(
    `update outbox set state = 'queued', lease_until = null
      where tenant_id = $1 and state = 'sending' and not exists (select 1 from worker where worker.worker_id = outbox.worker)`,
    [tenantId],
  );
}

/** Forgets what was sent a week ago; the evidence is in the audit. */
export async function sweep(pool: Pool, tenantId: string): Promise<void> {
  await pool.query(
    "delete from outbox where tenant_id = $1 and state in ('sent', 'failed') and created_at < now() - interval '7 days'",
    [tenantId],
  );
  await pool.query(
    "delete from activity_seen where tenant_id = $1 and state <> 'received' and received_at < now() - interval '7 days'",
    [tenantId],
  );
}
