import { renderCorrection } from "../card/correction.ts";
import { type InboxItem, PAGE, renderInbox } from "../card/inbox.ts";
import { intentName } from "../card/shared.ts";
import { type Correction, pupilOf } from "../correction/correction.ts";
import { type CorrectionWish, decideCorrection, mayDecideCorrection } from "../correction/decide-correction.ts";
import { correctionsOfTurns, openGroups } from "../correction/store.ts";
import { turnByCode } from "../turn/store.ts";
import { type CardResult, refused } from "./card-result.ts";
import type { BotPorts, Incoming } from "./incoming.ts";
import { blank } from "./lists.ts";
import { post } from "./outbox.ts";
import { viewOfGroup } from "./present-correction.ts";
import { chatWith } from "./present-ports.ts";

const gone = refused(
  404,
  "NotFound",
  "This correction is not there any more",
  "Whoever made it has changed their mind. Type “corrections” to see what waits for you.",
);

type Say = { verb: "approve"; utterance: string | undefined } | { verb: "decline"; why: string };

/** Approve or decline, from a card or typed: all end at the one place that decides. */
export async function decideOnCorrection(
  ports: BotPorts,
  incoming: Incoming,
  groupId: string,
  say: Say,
): Promise<CardResult> {
  const wish: CorrectionWish = { groupId, actor: incoming.person, actorId: incoming.personId, ...say };
  const decided = await decideCorrection(ports, wish);
  ports.wake();
  if (decided.outcome === "not-yours")
    return refused(403, "NotYours", "You cannot decide this", `${decided.why} Nothing was learnt.`);
  const view = decided.outcome === "gone" ? undefined : await viewOfGroup(ports.pool, ports, groupId);
  if (view === undefined) return gone;
  if (decided.outcome !== "refused") return { kind: "card", card: renderCorrection(view), isNews: false };
  const tried = say.verb === "approve" ? (say.utterance ?? view.first.said) : view.first.said;
  return { kind: "card", card: renderCorrection(view, { text: decided.why, tried }), isNews: true };
}

/** "learn 7Q2K as which bills are late", "dismiss 7Q2K one person's wording": the code is that of the turn. */
export async function decideCorrectionByCode(
  ports: BotPorts,
  incoming: Incoming,
  code: string,
  say: Say,
): Promise<CardResult> {
  const turn = await turnByCode(ports.pool, ports.tenantId, code);
  const [correction] = turn === undefined ? [] : await correctionsOfTurns(ports.pool, ports.tenantId, [turn.turnId]);
  if (correction === undefined)
    return refused(404, "NotFound", `Nobody has corrected ${code}`, "Type “corrections” to see what waits for you.");
  const result = await decideOnCorrection(ports, incoming, correction.groupId, say);
  // Typed in a chat that may not show the card: the decision is told in words too.
  if (result.kind !== "card" || result.isNews) return result;
  const [now] = await correctionsOfTurns(ports.pool, ports.tenantId, [correction.turnId]);
  const agent = ports.agentName(pupilOf(correction).agentId);
  const learnt = now?.state === "approved" ? `${agent} has learnt it` : "nothing was learnt";
  return { kind: "said", text: `${code} is ${now?.state ?? "open"}: ${learnt}.` };
}

/** Shows the whole card again, to somebody who may decide on it. */
export async function openCorrection(ports: BotPorts, incoming: Incoming, groupId: string): Promise<CardResult> {
  const { pool, tenantId } = ports;
  const view = await viewOfGroup(pool, ports, groupId);
  if (view === undefined) return gone;
  const may = mayDecideCorrection(ports, incoming.person, view.first);
  if (!may.permitted) return refused(403, "NotYours", "You cannot decide this", `${may.reason} Nothing was learnt.`);
  const about = { kind: "correction", id: groupId, view: "owner", version: 1 } as const;
  const target = await chatWith(pool, tenantId, incoming.personId);
  const key = `correction:${groupId}:opened:${incoming.activityId}`;
  await post(pool, tenantId, target, { card: renderCorrection(view), about }, key, incoming.personId);
  ports.wake();
  return { kind: "said", text: "It is below." };
}

/** "corrections": what people said about the agents that this person answers for. */
export async function correctionsFor(ports: BotPorts, incoming: Incoming, page: number): Promise<CardResult> {
  const groups = (await openGroups(ports.pool, ports.tenantId)).filter(([first]) =>
    first === undefined ? false : mayDecideCorrection(ports, incoming.person, first).permitted,
  );
  const current = Math.min(page, Math.max(0, Math.ceil(groups.length / PAGE) - 1));
  const items = groups.slice(current * PAGE, (current + 1) * PAGE).flatMap((group) => itemOf(ports, group));
  const card = renderInbox({ list: "corrections", items, total: groups.length, page: current, batch: [] });
  return { kind: "card", card, isNews: true };
}

function itemOf({ agentName }: BotPorts, group: readonly Correction[]): InboxItem[] {
  const [first] = group;
  if (first === undefined) return [];
  const { answered, chosen, groupId, turnId, said, code, kind } = first;
  const place = (one: typeof chosen): string =>
    one === null ? "nobody" : `${agentName(one.agentId)}, ${intentName(one.intent)}`;
  const people = new Set(group.map(({ personId }) => personId)).size;
  const item: InboxItem = {
    ...blank,
    ...{ id: groupId, turnId, summary: `“${said}”` },
    detail: `${code} · ${people === 1 ? "1 person" : `${people} people`} · answered by ${place(answered)} · should be ${place(chosen)}`,
    state: kind === "choice" ? "chosen when I asked" : "wrong agent",
    color: kind === "choice" ? "Default" : "Warning",
    canTeach: true,
  };
  return [item];
}
