/** A routing decision and what became of it. */
export type Outcome = {
  at: Date;
  /** of the best candidate */
  clusterId: string;
  /** of the best candidate, 0 to 1 */
  score: number;
  /** was the best candidate what was meant? undefined: nobody said */
  right: boolean | undefined;
};

/** What a stored turn says about routing. `routing` null: it continues its parent. `best` null: nothing came into question. */
export type StoredTurn = {
  turnId: string;
  parentTurnId: string | null;
  at: Date;
  agentId: string | null;
  intent: string | null;
  routing: {
    outcome: string;
    best: { agentId: string; intent: string; clusterId: string; score: number } | null;
  } | null;
};

/** "Wrong agent?" was clicked below this turn. */
export type Complaint = { turnId: string; at: Date };

type Named = { agentId: string | null; intent: string | null };
/** What a person said about a decision, in the order in which they said it: this one was meant, or this one was not. */
type Word = { at: Date; is: "meant" | "not-meant"; intent: Named };

/**
 * Pure. The last word counts. Where a person chose an intent on a card, that one was meant; where they clicked "Wrong agent?" and
 * chose nothing, what answered was not meant; where they said nothing, what was served was right, and of what was asked about or
 * handed over nothing is known. In the order of the decisions.
 */
export function outcomesOf(turns: readonly StoredTurn[], complaints: readonly Complaint[]): Outcome[] {
  const byId = new Map(turns.map((turn) => [turn.turnId, turn]));
  const words = new Map<string, Word[]>();
  const note = (about: StoredTurn | undefined, word: Word): void => {
    const decision = about && decisionOf(about, byId);
    if (decision !== undefined) words.set(decision.turnId, [...(words.get(decision.turnId) ?? []), word]);
  };
  for (const turn of turns) if (isChoice(turn, byId)) note(turn, { at: turn.at, is: "meant", intent: namedOf(turn) });
  for (const { turnId, at } of complaints) {
    const turn = byId.get(turnId);
    if (turn !== undefined) note(turn, { at, is: "not-meant", intent: namedOf(turn) });
  }
  return turns
    .flatMap(({ turnId, at, routing }): Outcome[] => {
      const best = routing?.best ?? undefined;
      if (routing === null || best === undefined) return [];
      const last = words.get(turnId)?.reduce((a, b) => (b.at >= a.at ? b : a));
      return [{ at, clusterId: best.clusterId, score: best.score, right: isRight(routing.outcome, best, last) }];
    })
    .sort((a, b) => a.at.getTime() - b.at.getTime());
}

function isRight(outcome: string, best: Named, last: Word | undefined): boolean | undefined {
  if (last === undefined) return outcome === "serve" ? true : undefined;
  const isBest = isSame(last.intent, best);
  if (last.is === "meant") return isBest;
  return isBest ? false : undefined;
}

/** The turn that was routed, of which this one is a continuation; undefined: it is older than what was read. */
function decisionOf(turn: StoredTurn, byId: ReadonlyMap<string, StoredTurn>): StoredTurn | undefined {
  let current: StoredTurn | undefined = turn;
  while (current !== undefined && current.routing === null)
    current = current.parentTurnId === null ? undefined : byId.get(current.parentTurnId);
  return current;
}

/** A turn that continues another one with another intent was chosen on a card; with the same intent it gave a missing detail. */
function isChoice(turn: StoredTurn, byId: ReadonlyMap<string, StoredTurn>): boolean {
  const parent = turn.parentTurnId === null ? undefined : byId.get(turn.parentTurnId);
  if (turn.routing !== null || turn.agentId === null || parent === undefined) return false;
  return !isSame(namedOf(turn), namedOf(parent));
}

const namedOf = ({ agentId, intent }: StoredTurn): Named => ({ agentId, intent });
const isSame = (a: Named, b: Named): boolean => a.agentId === b.agentId && a.intent === b.intent;
