import { renderOptIn, renderProposedFact, renderWhichArea } from "../../card/memory-question.ts";
import { renderNotice } from "../../card/notice.ts";
import { clusterNames } from "../../card/shared.ts";
import type { Source } from "../../memory/fact.ts";
import { optIn } from "../../memory/forget.ts";
import { keep } from "../../memory/keep.ts";
import { recentTurns, type TurnRecord } from "../../turn/store.ts";
import { type CardResult, refused } from "../card-result.ts";
import { clusterWanted } from "../cluster-wanted.ts";
import type { BotPorts, Incoming } from "../incoming.ts";
import { quarantined } from "./own-memory.ts";
import { readWish, type SpokenWish } from "./wish.ts";

const help = refused(
  400,
  "NotUnderstood",
  "I did not understand what to keep",
  "I keep what you call things (“remember that my customer is Fabrikam”), searches (“remember this search as my overdue ones”) and cases (“remember INV-1042 as the Fabrikam dispute”). “remember in finance that …” or “… in finance” says for whose agents.",
);

/** "remember …": asks for consent where there is none yet, and keeps nothing before it is given. */
export async function remember(ports: BotPorts, incoming: Incoming, what: string, into?: string): Promise<CardResult> {
  const wish = readWish(what);
  if (wish === undefined) return help;
  const clusterId = wish.clusterId ?? into ?? (await clusterWanted(ports, incoming, ""));
  if (clusterId === undefined) return { kind: "card", card: renderWhichArea(what), isNews: true };
  const meant = await meaningOf(ports, incoming, wish);
  if ("kind" in meant) return meant;
  const { personId } = incoming;
  const { kind, name } = wish;
  const kept = await keep(ports, { ...{ personId, clusterId, kind, name }, ...meant });
  ports.wake();
  switch (kept.outcome) {
    case "no-consent":
      return { kind: "card", card: renderOptIn(clusterId, what), isNews: true };
    case "refused":
      return refused(400, "NotKept", "I cannot keep that", kept.why);
    case "quarantined":
      return quarantined(name);
    case "asks": {
      const about = { kind: "memory", id: kept.fact.factId, view: "person", version: kept.fact.version } as const;
      return { kind: "card", card: renderProposedFact(kept.fact), isNews: true, about };
    }
    case "kept": {
      const area = clusterNames[clusterId] ?? clusterId;
      const use =
        kind === "search"
          ? `“search ${name}” asks it again.`
          : `Agents of ${area} put it in where you write “${name}”.`;
      const card = renderNotice(
        "good",
        `I will remember: ${name}`,
        `It means: ${kept.fact.value}. ${use} “memory” shows all that I keep.`,
      );
      return { kind: "card", card, isNews: true };
    }
  }
}

/** The button and the typed "memory on in …": consent, and then what was wanted when it was asked for. */
export async function startRemembering(
  ports: BotPorts,
  incoming: Incoming,
  clusterId: string,
  what: string,
): Promise<CardResult> {
  await optIn(ports, incoming.personId, clusterId);
  if (what !== "") return remember(ports, incoming, what, clusterId);
  const area = clusterNames[clusterId] ?? clusterId;
  const text = `Tell me what to keep: “remember in ${area} that my customer is …”.`;
  return { kind: "card", card: renderNotice("good", `Memory is on in ${area}`, text), isNews: true };
}

type Meaning = { value: string; source: Source; turnId?: string };

/** What was said is the person's own; an id that only the answer held was read somewhere. */
async function meaningOf(ports: BotPorts, incoming: Incoming, wish: SpokenWish): Promise<Meaning | CardResult> {
  if (wish.value !== undefined) return { value: wish.value, source: "own-words" };
  const { conversationId } = incoming.place;
  const [latest] = await recentTurns(ports.pool, ports.tenantId, conversationId, incoming.personId);
  if (latest === undefined)
    return refused(
      404,
      "NothingSaid",
      "I do not know what “this” is",
      "Ask me something first, or say the words or the number.",
    );
  if (wish.kind === "search") return { value: latest.text, source: "own-words", turnId: latest.turnId };
  return caseIn(latest);
}

function caseIn({ text, reply, turnId }: TurnRecord): Meaning | CardResult {
  const [said] = idsIn(text);
  if (said !== undefined) return { value: said, source: "own-words", turnId };
  const read = reply.kind === "answer" ? idsIn(JSON.stringify(reply.answers.map(({ answer }) => answer))) : [];
  const [only] = read;
  if (only === undefined || read.length > 1) {
    const why = only === undefined ? "The last answer names no case." : `The last answer names ${read.length} of them.`;
    return refused(
      409,
      "NotUnique",
      "I do not know which one you mean",
      `${why} Say its number: “remember INV-1042 as …”.`,
    );
  }
  return { value: only, source: "system", turnId };
}

function idsIn(text: string): string[] {
  return [...new Set(text.match(/\b[A-Z]{2,5}-\d{2,8}\b/g))];
}
