import type { Lesson } from "../registry/lessons/lesson.ts";

/** An agent with one of its intents. */
export type Intent = { agentId: string; intent: string };

/**
 * Who answered and who should have: `answered` is null where the router asked instead, `chosen` where nobody of the fleet fits;
 * never both, since then there is nothing to learn.
 */
export type Verdict = { answered: Intent | null; chosen: Intent | null };

/**
 * How much it says: "wrong-agent" contradicts an answer; "choice" answers the question which the router asked, so nothing
 * went wrong.
 */
export type CorrectionKind = "wrong-agent" | "choice";

/** What somebody says about where their words should have gone. */
export type Said = Verdict & {
  kind: CorrectionKind;
  /** the turn whose words were routed */
  turnId: string;
  personId: string;
  said: string;
  /** how sure the router was of what it did */
  score: number;
  registryVersion: string;
};

/** The same as it was stored; those of one group are decided as one. */
export type Correction = Said & {
  correctionId: string;
  groupId: string;
  personName: string;
  /** of the turn */
  code: string;
  state: "open" | "approved" | "declined";
  decidedBy: string | null;
  decidedAt: Date | null;
  /** of a declined one */
  why: string | null;
  createdAt: Date;
};

/** How words are compared: two people who say the same with other capitals, spaces or full stops say the same. */
export function wordsOf(said: string): string {
  return said
    .trim()
    .toLowerCase()
    .replaceAll(/\s+/g, " ")
    .replace(/[.!?]+$/, "");
}

/** Whose lesson it would be: that of the chosen intent, or of the agent that should have left it alone. */
export function pupilOf({ answered, chosen }: Verdict): Omit<Lesson, "utterance"> {
  return chosen ?? { agentId: answered?.agentId ?? "", intent: null };
}

export function isSameIntent(a: Intent | null, b: Intent | null): boolean {
  return a?.agentId === b?.agentId && a?.intent === b?.intent;
}

/** Do two verdicts lead to the same lesson? */
function isSameLesson(a: Verdict, b: Verdict): boolean {
  const [one, other] = [pupilOf(a), pupilOf(b)];
  return one.agentId === other.agentId && one.intent === other.intent;
}

/**
 * What becomes of a correction that follows an earlier one of the same turn. Pure.
 * @param served what the router had served; choosing that again takes a correction back
 * @param before the latest one of this turn
 */
export function afterwards(
  said: Said,
  served: Intent | null,
  before: Correction | undefined,
): { do: "nothing" } | { do: "take-back" } | { do: "insert" | "change"; kind: CorrectionKind } {
  const isOpen = before?.state === "open";
  if (said.chosen !== null && isSameIntent(said.chosen, served)) return { do: isOpen ? "take-back" : "nothing" };
  // Whoever contradicted an answer goes on doing so, whichever card they click next.
  const kind = isOpen && before.kind === "wrong-agent" ? "wrong-agent" : said.kind;
  if (before !== undefined && isSameLesson(before, said) && before.kind === kind) return { do: "nothing" };
  return { do: isOpen ? "change" : "insert", kind };
}

const STRENGTH = { "wrong-agent": 2, choice: 1 } as const;
const WORTH_A_CARD = 2;

/** One contradiction, or two people's choices, are worth the owner's time; a single choice waits in their list. */
export function isWorthACard(group: readonly Correction[]): boolean {
  return group.reduce((sum, { kind }) => sum + STRENGTH[kind], 0) >= WORTH_A_CARD;
}
