import { type ParsedResult, parse as parseDates } from "chrono-node/en";
import type { Directory, Person } from "../identity/directory.ts";
import { keyOfNames, type PlanTemplate, type Slot } from "./plan-template.ts";

/** The names that slots are recognised by. `customers` come from the CRM. */
export type Vocabulary = {
  customers: readonly string[];
  departments: readonly string[];
  directory: Directory;
  /** names that other systems know, by `keyOfNames` */
  names: ReadonlyMap<string, readonly string[]>;
};

/** What was found in an utterance: values by slot, the slots that are still missing, and choices where a name is not unique. */
export type Slots = {
  values: Record<string, unknown>;
  missing: string[];
  choices: Record<string, string[]>;
};

/** ISO day, e.g. "2026-11-20". */
export type Today = string;
const MAX_TEXT = 500;

type Found = { value: unknown; start: number; end: number };
type Finding = Found | { choices: string[] } | undefined;
type Utterance = { text: string; today: Today; requester: Person | undefined; vocabulary: Vocabulary; taken: Found[] };

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
      return name(utterance.text, utterance.vocabulary.departments);
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

function match(text: string, pattern: RegExp, value: (m: RegExpExecArray) => unknown): Found | undefined {
  const m = pattern.exec(text);
  return m === null ? undefined : { value: value(m), start: m.index, end: m.index + m[0].length };
}

function identifier(prefix: string, { text }: Utterance, asked: boolean): Finding {
  const whole = new RegExp(`\\b${prefix}[-\\s]?(\\d{2,6})\\b`, "i");
  const found = match(text, whole, (m) => `${prefix}-${m[1]}`);
  // Asked "which invoice?", people answer "1042".
  return found ?? (asked ? match(text, /\b(\d{2,6})\b/, (m) => `${prefix}-${m[1]}`) : undefined);
}

/** The value whose words come first; of several that begin there, the one with the longest. */
function choice(choices: Readonly<Record<string, readonly string[]>>, text: string): Finding {
  const found = Object.entries(choices).flatMap(([value, words]) => {
    const said = name(text, [...words]);
    return said !== undefined && "value" in said ? [{ ...said, value }] : [];
  });
  return found.sort((a, b) => a.start - b.start || b.end - a.end)[0];
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

function date(utterance: Utterance): Finding {
  const [first] = daysIn(utterance);
  if (first === undefined) return undefined;
  return { value: isoDay(first.start), start: first.index, end: first.index + first.text.length };
}

/**
 * The last day of a period: the end of a range ("3 to 7 August"), else the second day that is named, else the only one, unless
 * more than a day is spoken of ("two weeks from Monday").
 */
function until(utterance: Utterance, asked: boolean): Finding {
  const [first, second] = daysIn(utterance);
  if (first === undefined) return undefined;
  if (first.end != null) return { value: isoDay(first.end), start: first.index, end: first.index };
  if (second !== undefined)
    return { value: isoDay(second.start), start: second.index, end: second.index + second.text.length };
  const isLonger = SPAN.test(utterance.text.replaceAll(/\bday\b/gi, ""));
  return isLonger && !asked ? undefined : { value: isoDay(first.start), start: first.index, end: first.index };
}

const SPAN = /\b(days?|weeks?|fortnight|months?|years?)\b/i;

/** The days in a text. Where one is named, a span such as "two weeks" or "the day" is none. */
function daysIn(utterance: Utterance): ParsedResult[] {
  // Chrono takes "from 10 May until 14 May" for the last day alone, and reads it well without the first word.
  const text = mask(utterance).replaceAll(/\bfrom(?= (?:the )?\d)/gi, "    ");
  const found = parseDates(text, new Date(`${utterance.today}T12:00:00Z`), { forwardDate: true });
  const named = found.filter((one) => !SPAN.test(one.text));
  return named.length > 0 ? named : found;
}

function isoDay(day: ParsedResult["start"]): string {
  return [day.get("year"), day.get("month"), day.get("day")].map((n) => String(n).padStart(2, "0")).join("-");
}

/** The first day that was said; where its year or its week was left open, the last one that has been. */
function pastDate({ text, today, taken }: Utterance): Finding {
  const said = parseDates(text, new Date(`${today}T12:00:00Z`)).find(
    ({ start, index, text: words }) =>
      (start.isCertain("day") || start.isCertain("weekday")) &&
      !taken.some((other) => index < other.end && other.start < index + words.length),
  );
  if (said === undefined) return undefined;
  const { start } = said;
  const day = new Date(Date.UTC(start.get("year") ?? 0, (start.get("month") ?? 1) - 1, start.get("day") ?? 1));
  if (day.toISOString().slice(0, 10) > today && !start.isCertain("year")) {
    if (start.isCertain("month")) day.setUTCFullYear(day.getUTCFullYear() - 1);
    else if (start.isCertain("weekday")) day.setUTCDate(day.getUTCDate() - 7);
  }
  // "12.50 on 3 November" is an amount and a day, which the parser takes for a time of that day; and a comma after a
  // weekday is not part of it.
  const amount = /^\d+\.\d\d\s+/.exec(said.text)?.[0].length ?? 0;
  const words = said.text.replace(/[\s,.]+$/, "");
  return { value: day.toISOString().slice(0, 10), start: said.index + amount, end: said.index + words.length };
}

/** The utterance with what was recognised blanked out, so that positions stay. */
function mask({ text, taken }: Utterance): string {
  return taken.reduce((t, { start, end }) => t.slice(0, start) + " ".repeat(end - start) + t.slice(end), text);
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

/** The longest known name in the text; else one that starts with a word of it ("Adventure" for "Adventure Works", "Fatima's"). */
function name(text: string, names: readonly string[]): Finding {
  const lower = text.toLowerCase();
  const whole = names
    .map((value) => ({ value, start: lower.indexOf(value.toLowerCase()) }))
    .filter(({ value, start }) => start >= 0 && isNamed(lower, start, start + value.length))
    .sort((a, b) => b.value.length - a.value.length)[0];
  if (whole !== undefined) return { ...whole, end: whole.start + whole.value.length };
  const words = [...text.matchAll(/[\p{L}\p{N}&']{4,}/gu)];
  for (const word of words) {
    const said = word[0].toLowerCase();
    const near = names.filter((value) =>
      [said, said.replace(/'s$/, "")].includes(value.toLowerCase().split(/\s+/)[0] ?? ""),
    );
    const [only] = near;
    if (near.length === 1 && only !== undefined)
      return { value: only, start: word.index, end: word.index + word[0].length };
    if (near.length > 1) return { choices: near.slice(0, 5) };
  }
  return undefined;
}

/** A word of its own, or several of it: "40 sensor kits". */
function isNamed(text: string, start: number, end: number): boolean {
  return isWord(text, start, end) || (text[end] === "s" && isWord(text, start, end + 1));
}

function isWord(text: string, start: number, end: number): boolean {
  return !/[\p{L}\p{N}]/u.test(text[start - 1] ?? " ") && !/[\p{L}\p{N}]/u.test(text[end] ?? " ");
}

function person(utterance: Utterance): Finding {
  const { directory } = utterance.vocabulary;
  const people = directory.people.filter((one) => one.kind === "person" && one.enabled);
  const full = name(
    utterance.text,
    people.map((one) => one.name),
  );
  if (full !== undefined && "value" in full) {
    const named = people.find((one) => one.name === full.value);
    if (named !== undefined) return { ...full, value: named.upn };
  }
  if (full !== undefined) return full;
  const surname = name(
    utterance.text,
    people.map((one) => one.surname),
  );
  if (surname !== undefined && "value" in surname) {
    const bearers = people.filter((one) => one.surname === surname.value);
    const [only] = bearers;
    if (bearers.length === 1 && only !== undefined) return { ...surname, value: only.upn };
    return { choices: bearers.slice(0, 5).map((one) => one.name) };
  }
  const me = match(utterance.text, /\b(i|me|my|mine|myself)\b/i, () => utterance.requester?.upn);
  return me?.value === undefined ? undefined : me;
}

/** After "because", "reason:" …; else the words after the last comma, colon or dash, when none of them was recognised as something else. */
function reason(utterance: Utterance): string | undefined {
  const { text, taken } = utterance;
  const marked = /(?:\bbecause(?: of)?\b|\breason(?: is|:)?|\bdue to\b|\bsince\b|\bas they\b)\s*(.+)$/i.exec(text);
  if (marked?.[1] !== undefined) return marked[1];
  // After the last thing that was recognised, whatever follows a comma, a colon or a dash; else what a colon announces.
  const from = Math.max(0, ...taken.map(({ end }) => end));
  return /(?:,|:(?=\s)| - | – )\s*(.+)$/s.exec(text.slice(from))?.[1] ?? /:\s+(.+)$/s.exec(text)?.[1];
}

/** What is wrong, without the words that only ask for a ticket. */
function problem(text: string): string | undefined {
  const order =
    /^(?:please\s+|can you\s+|could you\s+|i (?:want|need|would like) (?:you )?to\s+)*(?:open|create|raise|file|log|submit|make|i need)\s+(?:me\s+)?(?:a|an|new|the|it|\s)*(?:ticket|incident|request|case)\b[\s:,–-]*(?:for|about|because(?: of)?|that|saying|with)?\s*/i;
  const rest = text.replace(order, "");
  return rest.split(/\s+/).filter((word) => word.length > 1).length >= 2 ? rest : undefined;
}

function freeText(text: string | undefined): Finding {
  const value = text?.trim().replace(/[.!\s]+$/, "");
  return value === undefined || value === "" || value.length > MAX_TEXT ? undefined : { value, start: 0, end: 0 };
}
