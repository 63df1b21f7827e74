import { createHash, randomUUID } from "node:crypto";
import type { Card } from "../card/template.ts";
import { type Queryable, write } from "../store/pool.ts";
import type { Invitation } from "./sign-in/user-tokens.ts";

/** Where something is to be sent: a conversation that we know, or a person with whom a chat may still have to be opened. */
export type Target = { conversationId: string } | { personId: string };

/** What a card is about; every copy of it is found again by this. */
export type About = {
  kind:
    | "approval"
    | "run"
    | "handoff"
    | "turn"
    | "correction"
    | "review"
    | "incident"
    | "sunset"
    | "vacancy"
    | "memory"
    | "tool-review";
  id: string;
  view: string;
  version: number;
};

/** `generated` marks what an agent wrote: Teams labels it as AI-generated. */
export type Outgoing =
  | { text: string }
  | { card: Card; about?: About; generated?: boolean }
  | { invitation: Invitation };

/**
 * Everything that we send goes through this queue, in order per lane. A row is written in the transaction of what it tells of,
 * so that nothing is told that did not happen and nothing that happened is not told.
 * @param dedupeKey the same key is queued once; the channel gets it too, so that one that can know shows it once
 */
export async function post(
  db: Queryable,
  tenantId: string,
  target: Target,
  outgoing: Outgoing,
  dedupeKey: string,
  personId?: string,
): Promise<void> {
  const lane = laneOf(target);
  const copyId = "card" in outgoing && outgoing.about !== undefined ? randomUUID() : null;
  const about = "card" in outgoing ? outgoing.about : undefined;
  await write(db, {
    name: "outbox-post",
    text: `with queued as (
       insert into outbox (tenant_id, lane, verb, activity, card_copy_id, dedupe_key) values ($1, $2, 'post', $3, $4, $5)
       on conflict (tenant_id, dedupe_key) do nothing returning outbox_id)
     insert into card_copy (tenant_id, card_copy_id, subject_kind, subject_id, view, lane, person_id, version, card_hash, state)
     select $1, $4, $6, $7, $8, $2, $9, $10, $11, 'sending' from queued where $4::uuid is not null`,
    values: [
      tenantId,
      lane,
      JSON.stringify(activityOf(outgoing, dedupeKey)),
      copyId,
      dedupeKey,
      about?.kind ?? null,
      about?.id ?? null,
      about?.view ?? null,
      personId ?? null,
      about?.version ?? null,
      "card" in outgoing ? hashOf(outgoing.card) : null,
    ],
  });
}

export type CardCopy = {
  cardCopyId: string;
  subjectId: string;
  view: string;
  lane: string;
  personId: string | null;
  version: number;
  cardHash: string;
};

/** Every living copy of the cards about a subject. */
export async function copiesOf(db: Queryable, tenantId: string, kind: About["kind"], id: string): Promise<CardCopy[]> {
  const { rows } = await db.query<CardCopy>(
    `select card_copy_id as "cardCopyId", subject_id as "subjectId", view, lane, person_id as "personId", version, card_hash as "cardHash"
       from card_copy where tenant_id = $1 and subject_kind = $2 and subject_id = $3 and state <> 'dead'
      order by created_at`,
    [tenantId, kind, id],
  );
  return rows;
}

/** How many cards about subjects of a kind somebody was sent. @param period such as "1 day" */
export async function postedSince(
  db: Queryable,
  tenantId: string,
  kind: About["kind"],
  personId: string,
  period: string,
): Promise<number> {
  const { rows } = await db.query<{ n: number }>(
    `select count(*)::int as n from card_copy
      where tenant_id = $1 and subject_kind = $2 and person_id = $3 and created_at > now() - $4::interval`,
    [tenantId, kind, personId, period],
  );
  return rows[0]?.n ?? 0;
}

/** The same for a run and all its approvals. */
export async function copiesOfRun(db: Queryable, tenantId: string, runId: string): Promise<CardCopy[]> {
  const { rows } = await db.query<CardCopy>({
    name: "copies-of-run",
    text: `select card_copy_id as "cardCopyId", subject_id as "subjectId", view, lane, person_id as "personId", version,
            card_hash as "cardHash"
       from (select 'run' as subject_kind, $2::uuid as subject_id
             union all select 'approval', approval_id from approval where tenant_id = $1 and run_id = $2) subject
       join card_copy using (subject_kind, subject_id)
      where tenant_id = $1 and state <> 'dead' order by created_at`,
    values: [tenantId, runId],
  });
  return rows;
}

/** Queues the new look of a copy; nothing where it looks the same. */
export async function update(
  db: Queryable,
  tenantId: string,
  copy: CardCopy,
  card: Card,
  version: number,
): Promise<void> {
  const hash = hashOf(card);
  if (hash === copy.cardHash) return;
  const dedupeKey = `update:${copy.cardCopyId}:${version}:${hash.slice(0, 12)}`;
  await write(db, {
    name: "outbox-update",
    text: `with queued as (
       insert into outbox (tenant_id, lane, verb, activity, card_copy_id, dedupe_key) values ($1, $2, 'update', $3, $4, $5)
       on conflict (tenant_id, dedupe_key) do nothing)
     update card_copy set version = $6, card_hash = $7, updated_at = now() where tenant_id = $1 and card_copy_id = $4`,
    values: [
      tenantId,
      copy.lane,
      JSON.stringify(activityOf({ card }, dedupeKey)),
      copy.cardCopyId,
      dedupeKey,
      version,
      hash,
    ],
  });
}

function laneOf(target: Target): string {
  return "conversationId" in target ? `conversation:${target.conversationId}` : `person:${target.personId}`;
}

function activityOf(outgoing: Outgoing, dedupeKey: string): Record<string, unknown> {
  const channelData = { clientActivityId: dedupeKey };
  if ("text" in outgoing) return { type: "message", text: outgoing.text, textFormat: "plain", channelData };
  if ("invitation" in outgoing) return { ...signInCard(outgoing.invitation), channelData };
  const { card } = outgoing;
  return {
    type: "message",
    summary: String(card.speak ?? "").slice(0, 200),
    attachments: [{ contentType: "application/vnd.microsoft.card.adaptive", content: card }],
    channelData,
    ...(outgoing.generated === true ? { entities: [aiGenerated] } : {}),
  };
}

/** The one card that is not adaptive: Teams tries to sign the person in when it arrives, and shows the button where it cannot. */
function signInCard({ connection, link, exchange }: Invitation): Record<string, unknown> {
  const content = {
    text: "Sign in, so that I can ask in your name.",
    connectionName: connection,
    buttons: [{ type: "signin", title: "Sign in", value: link }],
    ...(exchange && { tokenExchangeResource: exchange }),
  };
  return { type: "message", attachments: [{ contentType: "application/vnd.microsoft.card.oauth", content }] };
}

const aiGenerated = {
  type: "https://schema.org/Message",
  "@type": "Message",
  "@context": "https://schema.org",
  additionalType: ["AIGeneratedContent"],
};

function hashOf(card: Card): string {
  return createHash("sha256").update(JSON.stringify(card)).digest("hex");
}
