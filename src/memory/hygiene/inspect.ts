import { type Fact, trustOf } from "../fact.ts";
import { isInstructionLike } from "./instruction-like.ts";

/** Something that should not serve before a person has looked at it. */
export type Suspicion = { factId: string; why: string };

export const GIVES_ORDERS = "It gives orders instead of naming something.";
const BURST = { facts: 12, withinMs: 10 * 60_000 };
/** So many people were given the same by something that was read. */
const SPREAD = 3;

type Looked = Pick<
  Fact,
  "factId" | "personId" | "name" | "value" | "source" | "trust" | "state" | "clearedBy" | "keptAt"
>;

/** Looks through what is kept for one person (R10.4): orders, bursts, contradictions. Pure. */
export function inspect(facts: readonly Looked[]): Suspicion[] {
  const open = facts.filter(({ state, clearedBy }) => state !== "quarantined" && clearedBy === null);
  return firstOfEach([
    ...open.filter(givesOrders).map(because(GIVES_ORDERS)),
    ...bursts(open),
    ...contradictions(open),
  ]);
}

/** Looks at what was read somewhere and kept for many people alike, as when one poisoned document reaches them all. Pure. */
export function inspectSpread(facts: readonly Looked[]): Suspicion[] {
  const read = facts.filter(
    ({ source, state, clearedBy }) => source !== "own-words" && state !== "quarantined" && clearedBy === null,
  );
  const alike = Map.groupBy(read, ({ value }) => value.trim().toLowerCase());
  return [...alike.values()]
    .filter((same) => new Set(same.map(({ personId }) => personId)).size >= SPREAD)
    .flatMap((same) => same.map(because(`The same was read and kept for ${same.length} people.`)));
}

function givesOrders({ name, value }: Looked): boolean {
  return isInstructionLike(name) || isInstructionLike(value);
}

/** More in a short while than people say by themselves. */
function bursts(facts: readonly Looked[]): Suspicion[] {
  const inOrder = facts.toSorted((a, b) => a.keptAt.getTime() - b.keptAt.getTime());
  const found = new Set<Looked>();
  for (const [i, first] of inOrder.entries()) {
    const together = inOrder
      .slice(i)
      .filter(({ keptAt }) => keptAt.getTime() - first.keptAt.getTime() <= BURST.withinMs);
    if (together.length > BURST.facts) for (const one of together) found.add(one);
  }
  return [...found].map(because(`More than ${BURST.facts} things were kept within ten minutes.`));
}

/** One name with different meanings: what was read gives way to what the person said, and the later to the earlier. */
function contradictions(facts: readonly Looked[]): Suspicion[] {
  const byName = Map.groupBy(facts, ({ name }) => name.toLowerCase());
  return [...byName.values()].flatMap((named) => {
    const [best, ...others] = named.toSorted((a, b) => b.trust - a.trust || a.keptAt.getTime() - b.keptAt.getTime());
    return others
      .filter(({ value, trust }) => trustOf(trust) === "low" && value.toLowerCase() !== best?.value.toLowerCase())
      .map(because(`It contradicts what “${best?.name}” means elsewhere.`));
  });
}

function because(why: string): (fact: Looked) => Suspicion {
  return ({ factId }) => ({ factId, why });
}

function firstOfEach(found: readonly Suspicion[]): Suspicion[] {
  return [...new Map(found.toReversed().map((one) => [one.factId, one])).values()];
}
