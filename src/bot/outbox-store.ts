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
  /** who has claimed it */
  worker: string;
  /** what kind of thing its card is about; null where it is no such card */
  subjectKind: string | null;
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
      returning outbox_id as "outboxId", lane, verb, activity, card_copy_id as "cardCopyId", dedupe_key as "dedupeKey", attempts, worker,
        (select activity_id from card_copy c where c.tenant_id = o.tenant_id and c.card_copy_id = o.card_copy_id)
          as "copyActivityId",
        (select subject_kind from card_copy c where c.tenant_id = o.tenant_id and c.card_copy_id = o.card_copy_id)
          as "subjectKind",
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

/**
 * Only who holds the claim says what became of it: a process that stood still may find that another has sent it, and more
 * after it. Each claim counts up `attempts`, which makes worker and attempts the token.
 */
const OURS = "tenant_id = $1 and outbox_id = $2 and state = 'sending' and worker = $3 and attempts = $4";

const tokenOf = (tenantId: string, due: Due): unknown[] => [tenantId, due.outboxId, due.worker, due.attempts];

/**
 * Delivered: the ledger learns where the card is, and since when somebody has a question before them. Where the claim was
 * lost meanwhile, what we sent may have landed on top of something newer: the newest look of the card is queued again.
 */
export async function sent(db: Queryable, tenantId: string, due: Due, activityId: string): Promise<void> {
  await db.query({
    name: "outbox-sent",
    text: `with done as (
       update outbox set state = 'sent', activity_id = $5, sent_at = now(), lease_until = null where ${OURS} returning 1),
     repair as (
       insert into outbox (tenant_id, lane, verb, activity, card_copy_id, dedupe_key)
       select $1, lane, 'update', activity, card_copy_id, 'repair:' || $2::bigint || ':' || $4::int
         from (select * from outbox where tenant_id = $1 and card_copy_id = $6 and state <> 'failed'
                order by outbox_id desc limit 1) latest
        where not exists (select 1 from done) and latest.outbox_id <> $2
       on conflict (tenant_id, dedupe_key) do nothing),
     seen as (
       update approval_asked s set seen_at = now()
         from card_copy c
        where $7 = 'post' and c.tenant_id = $1 and c.card_copy_id = $6 and c.subject_kind = 'approval'
          and s.tenant_id = $1 and s.approval_id = c.subject_id and s.person_id = c.person_id and s.seen_at is null)
     update card_copy set activity_id = case when $7 = 'post' then $5 else activity_id end, state = 'live', updated_at = now(),
            conversation_id = coalesce(conversation_id, nullif(regexp_replace(lane, '^conversation:', ''), lane))
      where tenant_id = $1 and card_copy_id = $6 and state <> 'dead' and exists (select 1 from done)`,
    values: [...tokenOf(tenantId, due), activityId, due.cardCopyId, due.verb],
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
    `update outbox set state = 'queued', lease_until = null, not_before = now() + $5 * interval '1 millisecond', last_error = $6
      where ${OURS}`,
    [...tokenOf(tenantId, due), delayMs, why.slice(0, 500)],
  );
}

export async function failed(db: Queryable, tenantId: string, due: Due, why: string): Promise<void> {
  await db.query(
    `with done as (
       update outbox set state = 'failed', lease_until = null, last_error = $5 where ${OURS} returning 1)
     update card_copy set state = 'dead', updated_at = now()
      where tenant_id = $1 and card_copy_id = $6 and exists (select 1 from done)`,
    [...tokenOf(tenantId, due), why.slice(0, 500), due.cardCopyId],
  );
}

/** An update that cannot land: the row becomes a post of the same card, and the ledger follows the new copy. */
export async function supersede(db: Queryable, tenantId: string, due: Due, why: string): Promise<void> {
  await db.query(
    `with posted as (
       update outbox set state = 'queued', verb = 'post', attempts = 0, lease_until = null, not_before = now(), last_error = $5,
              dedupe_key = dedupe_key || ':superseding'
        where ${OURS} returning 1)
     update card_copy set activity_id = null, state = 'sending', updated_at = now()
      where tenant_id = $1 and card_copy_id = $6 and exists (select 1 from posted)`,
    [...tokenOf(tenantId, due), why.slice(0, 500), due.cardCopyId],
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
