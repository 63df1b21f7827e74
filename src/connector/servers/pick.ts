import { Refusal } from "./refusal.ts";

/** Something that people name: by its id, its name, or part of its name. `also` are further exact names (an address). */
export type Candidate = { id: string; name: string; also?: string };

const MAX_CHOICES = 5;

/**
 * The one candidate that is meant: its id or full name, else the only one whose name contains what was written.
 * @param noun how to call it in a refusal: "customer"
 * @throws Refusal when none or more than one fits, naming the near ones
 */
export function pick<C extends Candidate>(noun: string, wanted: string, candidates: readonly C[]): C {
  const text = fold(wanted);
  const exact = candidates.filter((one) => [one.id, one.name, one.also ?? one.id].some((name) => fold(name) === text));
  const partial = exact.length > 0 ? exact : candidates.filter((one) => fold(one.name).includes(text));
  const [only] = partial;
  if (only !== undefined && partial.length === 1) return only;
  if (partial.length > 1) {
    const more = partial.length > MAX_CHOICES ? ` and ${partial.length - MAX_CHOICES} more` : "";
    throw new Refusal(`More than one ${noun} matches "${wanted}": ${list(partial)}${more}. Which one is meant?`);
  }
  const near = nearest(text, candidates);
  throw new Refusal(
    `There is no ${noun} "${wanted}".${near.length > 0 ? ` Did you mean: ${list(near)}?` : " Check the name or the id."}`,
  );
}

const list = (some: readonly Candidate[]) =>
  some
    .slice(0, MAX_CHOICES)
    .map((one) => `${one.name} (${one.id})`)
    .join(", ");

/** Letters as people type them: without case and accents. */
function fold(text: string): string {
  const plain = text.trim().toLowerCase().normalize("NFKD").replaceAll(/\p{M}/gu, "");
  return plain.replaceAll("ø", "o").replaceAll("ı", "i").replaceAll("ß", "ss").replaceAll("ł", "l");
}

/** Names that share most of their letter pairs with what was written: catches a typing error. */
function nearest<C extends Candidate>(text: string, candidates: readonly C[]): C[] {
  const wanted = pairs(text);
  return candidates
    .map((one) => ({ one, score: Math.max(likeness(wanted, pairs(fold(one.name))), likeness(wanted, pairs(one.id))) }))
    .filter(({ score }) => score >= 0.35)
    .sort((a, b) => b.score - a.score)
    .slice(0, 3)
    .map(({ one }) => one);
}

function pairs(text: string): Set<string> {
  const found = new Set<string>();
  for (let i = 0; i + 1 < text.length; i++) found.add(text.slice(i, i + 2));
  return found;
}

function likeness(a: Set<string>, b: Set<string>): number {
  const shared = [...a].filter((pair) => b.has(pair)).length;
  return a.size + b.size === 0 ? 0 : (2 * shared) / (a.size + b.size);
}
