import type { Remembered } from "../../memory/fact.ts";
import type { PlanTemplate, Slot } from "../plan-template.ts";
import { recognise } from "../slots.ts";
import type { Utterance } from "./utterance.ts";

/** Slots that name a thing. Amounts, days, choices and free text are never taken from memory. */
const naming: readonly Slot["type"][] = [
  ...(["customer", "person", "department", "name", "invoice", "ticket", "device", "policy", "id"] as const),
];

/** The words that are read instead, and what was put into them. */
export type Understood = { text: string; used: Remembered[] };

/**
 * Puts what a person has had kept in place of what they call it: "my customer" becomes "Fabrikam" where the plan asks for a
 * customer. Only the name that a slot recognises is put in: whatever else memory holds never reaches a plan. Pure.
 */
export function withRemembered(
  plan: PlanTemplate,
  text: string,
  context: Pick<Utterance, "today" | "requester" | "vocabulary">,
  facts: readonly Remembered[],
): Understood {
  const slots = Object.values(plan.slots).filter(({ type }) => naming.includes(type));
  const understood: Understood = { text, used: [] };
  for (const fact of facts) {
    if (fact.kind === "search") continue;
    const said = occurrence(understood.text, fact.name);
    if (said === undefined) continue;
    const meant = slots.map((slot) => nameIn(slot, fact.value, context)).find((name) => name !== undefined);
    if (meant === undefined) continue;
    understood.text = understood.text.slice(0, said) + meant + understood.text.slice(said + fact.name.length);
    understood.used.push({ ...fact, value: meant });
  }
  return understood;
}

/** The part of a text that a slot takes for its value. */
function nameIn(
  slot: Slot,
  text: string,
  context: Pick<Utterance, "today" | "requester" | "vocabulary">,
): string | undefined {
  const found = recognise(slot, { text, ...context, taken: [] });
  return found !== undefined && "value" in found ? text.slice(found.start, found.end) : undefined;
}

/** Where the name stands as words of its own. */
function occurrence(text: string, name: string): number | undefined {
  const escaped = name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, "iu").exec(text)?.index;
}
