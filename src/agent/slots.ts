import type { Person } from "../identity/directory.ts";
import { keyOfNames, type PlanTemplate, type Slot } from "./plan-template.ts";
import { date, pastDate, until } from "./slots/days.ts";
import { choice, department, name, person } from "./slots/names.ts";
import { type Finding, mask, match, type Today, type Utterance, type Vocabulary } from "./slots/utterance.ts";
import { freeText, problem, reason } from "./slots/words.ts";

/** What was found in an utterance: values by slot, the slots that are still missing, and choices where a name is not unique. */
export type Slots = {
  values: Record<string, unknown>;
  missing: string[];
  choices: Record<string, string[]>;
};

const prefixes = { invoice: "INV", ticket: "TCK", device: "DEV", policy: "POL" } as const;

/**
 * Fills the slots of a plan from what a person wrote, deterministically: ids, amounts, days and names by their form,
 * reasons and problems from what is left.
 * @param known values from earlier turns; they win unless the utterance says otherwise for the slot in `asked`
 * @param asked the slot that was just asked for: there the whole utterance may be the value
 */
export function extractSlots(
  plan: PlanTemplate,
  text: string,
  context: { today: Today; requester: Person | undefined; vocabulary: Vocabulary },
  known: Record<string, unknown> = {},
  asked?: string,
): Slots {
  const utterance: Utterance = { text, ...context, taken: [] };
  const values: Record<string, unknown> = { ...known };
  const choices: Record<string, string[]> = {};
  // Free text comes last: it is what the recognised values leave over.
  const names = Object.keys(plan.slots).sort((a, b) => rank(plan, a) - rank(plan, b));
  for (const name of names) {
    if (name in known && name !== asked) continue;
    const slot = plan.slots[name];
    if (slot === undefined) continue;
    const found = find(slot, utterance, name === asked);
    if (found !== undefined && "choices" in found) choices[name] = found.choices;
    else if (found !== undefined) {
      values[name] = found.value;
      utterance.taken.push(found);
    }
  }
  const missing = Object.entries(plan.slots)
    .filter(
      ([name, slot]) =>
        !(name in values) && ((slot.default === undefined && slot.optional !== true) || name in choices),
    )
    .map(([name]) => name);
  return { values, missing, choices };
}

function rank(plan: PlanTemplate, name: string): number {
  const type = plan.slots[name]?.type;
  if (type === "reason" || type === "problem" || type === "question") return 3;
  // An amount is what is left of the numbers when ids and days are taken out.
  if (type === "money" || type === "number") return 2;
  // The end of a period is looked for before its beginning, which takes the words of both.
  return type === "date" || type === "past-date" ? 1.5 : type === "until" ? 1 : 0;
}

/** What a slot makes of a text by itself. */
export function recognise(slot: Slot, utterance: Utterance): Finding {
  return find(slot, utterance, false);
}

function find(slot: Slot, utterance: Utterance, asked: boolean): Finding {
  switch (slot.type) {
    case "invoice":
    case "ticket":
    case "device":
    case "policy":
      return identifier(prefixes[slot.type], utterance, asked);
    case "id":
      return identifier(slot.prefix, utterance, asked);
    case "choice":
      return choice(slot.choices, utterance.text);
    case "name":
      return name(utterance.text, utterance.vocabulary.names.get(keyOfNames(slot.names)) ?? []);
    case "number":
      return wholeNumber(utterance);
    case "percent":
      return percentage(utterance.text, asked);
    case "cve":
      return match(utterance.text, /\bCVE-\d{4}-\d{4,7}\b/i, (m) => m[0].toUpperCase());
    case "money":
      return amount(utterance);
    case "date":
      return date(utterance);
    case "until":
      return until(utterance, asked);
    case "past-date":
      return pastDate(utterance);
    case "priority":
      return priority(utterance.text);
    case "customer":
      return name(utterance.text, utterance.vocabulary.customers);
    case "department":
      return department(utterance.text, utterance.vocabulary.departments);
    case "person":
      return person(utterance);
    case "reason":
      return freeText(asked ? utterance.text : reason(utterance));
    case "problem":
      return freeText(asked ? utterance.text : problem(utterance.text));
    case "question":
      return freeText(utterance.text);
  }
}

function identifier(prefix: string, { text }: Utterance, asked: boolean): Finding {
  const whole = new RegExp(`\\b${prefix}[-\\s]?(\\d{2,6})\\b`, "i");
  const found = match(text, whole, (m) => `${prefix}-${m[1]}`);
  // Asked "which invoice?", people answer "1042".
  return found ?? (asked ? match(text, /\b(\d{2,6})\b/, (m) => `${prefix}-${m[1]}`) : undefined);
}

/** A number that is nothing else: no part of an id, of a day or of an amount with a currency. */
function wholeNumber(utterance: Utterance): Finding {
  return match(mask(utterance), /(?<![\w.,-])(\d{1,6})(?:x\b|(?![\w-]|[.,]\d))/i, (m) => Number(m[1]));
}

/** "10 %" or "12.5 percent"; asked for it, people write the bare number. */
function percentage(text: string, asked: boolean): Finding {
  const value = (m: RegExpExecArray) => Number(m[1]?.replace(",", "."));
  const marked = match(text, /(?<![\w.,-])(\d{1,3}(?:[.,]\d+)?)\s*(?:%|per\s?cent\b)/i, value);
  return marked ?? (asked ? match(text, /(?<![\w.,-])(\d{1,3}(?:[.,]\d+)?)(?![\w-])/, value) : undefined);
}

function amount(utterance: Utterance): Finding {
  const pattern =
    /(?<![\w-])(?:(€|eur|euros?)\s*)?(\d{1,3}(?:[., ]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d+)?)(?:\s*(€|eur|euros?)\b|\s*(k)\b)?(?![\w-])/gi;
  const found = [...utterance.text.matchAll(pattern)]
    .map((m) => ({
      value: decimal(m[2] ?? "", m[4] !== undefined),
      marked: m[1] !== undefined || m[3] !== undefined,
      start: m.index,
      end: m.index + m[0].length,
    }))
    .filter((one) => !utterance.taken.some((other) => one.start < other.end && other.start < one.end));
  return found.find((one) => one.marked) ?? found[0];
}

/** "1.250,50", "1,250.50", "1 250" and "1250.5" are all said by people; the last separator with one or two digits is the decimal one. */
function decimal(written: string, thousands: boolean): string {
  const parts = /^(.*?)(?:[.,](\d{1,2}))?$/.exec(written.replaceAll(" ", ""));
  const whole = (parts?.[1] ?? "").replaceAll(/[.,]/g, "");
  const plain = parts?.[2] === undefined ? whole : `${whole}.${parts[2]}`;
  return thousands ? shiftThousand(plain) : plain;
}

function shiftThousand(plain: string): string {
  const [whole = "0", cents = ""] = plain.split(".");
  return `${whole}${cents.padEnd(3, "0")}`;
}

const priorities: [RegExp, string][] = [
  [/\b(critical|urgent|p1|highest|top)\b/i, "critical"],
  [/\b(high|p2)\b/i, "high"],
  [/\b(medium|normal|p3)\b/i, "medium"],
  [/\b(low|p4)\b/i, "low"],
];

function priority(text: string): Finding {
  for (const [pattern, value] of priorities) {
    const found = match(text, pattern, () => value);
    if (found !== undefined) return found;
  }
  return undefined;
}
