import type { Queryable } from "../store/pool.ts";
import type { Awaits } from "../turn/turn.ts";
import type { Activity } from "./activity.ts";

/** What the log says about an activity that has just come in. */
export type Accepted =
  | { state: "new"; awaits: Awaits | undefined; handoffId: string | undefined }
  /** seen before: an invoke gets its stored answer again; without one it is still being worked on */
  | { state: "repeat"; outcome: unknown }
  /** seen before, from somebody else: who sends a token again with another sender gets neither work nor answer */
  | { state: "forged"; firstPersonId: string };

/**
 * Takes an activity in, once: from here on it will be dealt with, even when this process dies. Tells in the same round trip
 * what this person is being asked for here, and whether a person of ours talks with them.
 */
export async function accept(
  db: Queryable,
  tenantId: string,
  activity: {
    conversationId: string;
    activityId: string;
    personId: string;
    isPersonalChat: boolean;
    payload: Activity;
  },
  worker: string,
): Promise<Accepted> {
  const { rows } = await db.query<{
    is_new: boolean;
    first_person_id: string | null;
    outcome: unknown;
    awaits: Awaits | null;
    handoff_id: string | null;
  }>({
    name: "accept-activity",
    text: `with taken as (
       insert into activity_seen (tenant_id, conversation_id, activity_id, payload, state, worker, person_id)
       values ($1, $2, $3, $4, 'received', $5, $6) on conflict do nothing returning activity_id)
     select exists (select 1 from taken) as is_new,
       (select person_id from activity_seen where tenant_id = $1 and conversation_id = $2 and activity_id = $3) as first_person_id,
       (select outcome from activity_seen where tenant_id = $1 and conversation_id = $2 and activity_id = $3) as outcome,
       (select awaits from expectation where tenant_id = $1 and conversation_id = $2 and person_id = $6
           and created_at > now() - interval '1 day') as awaits,
       (select handoff_id from handoff where tenant_id = $1 and status = 'claimed'
           and ((requester_id = $6 and conversation_id = $2) or (claimed_by = $6 and $7))
         order by created_at desc limit 1) as handoff_id`,
    values: [
      tenantId,
      activity.conversationId,
      activity.activityId,
      JSON.stringify(activity.payload),
      worker,
      activity.personId,
      activity.isPersonalChat,
    ],
  });
  const [row] = rows;
  const first = row?.first_person_id ?? activity.personId;
  if (first !== activity.personId) return { state: "forged", firstPersonId: first };
  if (row?.is_new !== true) return { state: "repeat", outcome: row?.outcome ?? undefined };
  return { state: "new", awaits: row.awaits ?? undefined, handoffId: row.handoff_id ?? undefined };
}

/** Dealt with. The outcome of an invoke is kept for repeats. */
export async function finish(
  db: Queryable,
  tenantId: string,
  key: { conversationId: string; activityId: string },
  outcome?: unknown,
): Promise<void> {
  await db.query({
    name: "finish-activity",
    text: `update activity_seen set state = 'done', done_at = now(), payload = null, outcome = coalesce($4, outcome)
      where tenant_id = $1 and conversation_id = $2 and activity_id = $3`,
    values: [tenantId, key.conversationId, key.activityId, outcome === undefined ? null : JSON.stringify(outcome)],
  });
}

/** Keeps the answer of an invoke whose work goes on. */
export async function answered(
  db: Queryable,
  tenantId: string,
  key: { conversationId: string; activityId: string },
  outcome: unknown,
): Promise<void> {
  await db.query(
    "update activity_seen set outcome = $4 where tenant_id = $1 and conversation_id = $2 and activity_id = $3",
    [tenantId, key.conversationId, key.activityId, JSON.stringify(outcome)],
  );
}

/** Is it still to be dealt with? After a lost connection it is not known whether a commit landed. */
export async function isOpen(
  db: Queryable,
  tenantId: string,
  key: { conversationId: string; activityId: string },
): Promise<boolean> {
  const { rowCount } = await db.query(
    "select 1 from activity_seen where tenant_id = $1 and conversation_id = $2 and activity_id = $3 and state = 'received'",
    [tenantId, key.conversationId, key.activityId],
  );
  return rowCount === 1;
}

export async function abandon(
  db: Queryable,
  tenantId: string,
  key: { conversationId: string; activityId: string },
): Promise<void> {
  await db.query(
    `update activity_seen set state = 'abandoned', done_at = now()
      where tenant_id = $1 and conversation_id = $2 and activity_id = $3`,
    [tenantId, key.conversationId, key.activityId],
  );
}

export type Unfinished = {
  payload: Activity;
  tries: number;
  /** of an invoke: whether its sender was given an answer */
  wasAnswered: boolean;
  awaits: Awaits | undefined;
  handoffId: string | undefined;
};

/** Takes over what dead processes had accepted and not finished; each activity goes to one process. */
export async function takeOver(db: Queryable, tenantId: string, worker: string): Promise<Unfinished[]> {
  const { rows } = await db.query<{
    payload: Activity;
    tries: number;
    was_answered: boolean;
    awaits: Awaits | null;
    handoff_id: string | null;
  }>(
    `update activity_seen a set worker = $2, tries = tries + 1
      where tenant_id = $1 and state = 'received' and worker <> $2
        and not exists (select 1 from worker where worker.worker_id = a.worker)
      returning payload, tries, outcome is not null as was_answered,
        (select awaits from expectation e where e.tenant_id = a.tenant_id and e.conversation_id = a.conversation_id
           and e.person_id = coalesce(a.payload -> 'from' ->> 'aadObjectId', a.payload -> 'from' ->> 'id')) as awaits,
        (select handoff_id from handoff h where h.tenant_id = a.tenant_id and h.status = 'claimed'
           and h.requester_id = coalesce(a.payload -> 'from' ->> 'aadObjectId', a.payload -> 'from' ->> 'id')
           and h.conversation_id = a.conversation_id limit 1) as handoff_id`,
    [tenantId, worker],
  );
  return rows.map(({ payload, tries, was_answered, awaits, handoff_id }) => ({
    payload,
    tries,
    wasAnswered: was_answered,
    awaits: awaits ?? undefined,
    handoffId: handoff_id ?? undefined,
  }));
}
