import { type ParsedResult, parse as parseDates } from "chrono-node/en";
import { type Finding, mask, type Utterance } from "./utterance.ts";

export function date(utterance: Utterance): Finding {
  const [first] = daysIn(utterance);
  if (first === undefined) return undefined;
  return { value: isoDay(first.start), start: first.index, end: first.index + first.text.length };
}

/**
 * The last day of a period: the end of a range ("3 to 7 August"), else the second day that is named, else the only one, unless
 * more than a day is spoken of ("two weeks from Monday").
 */
export function until(utterance: Utterance, asked: boolean): Finding {
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
export function pastDate({ text, today, taken }: Utterance): Finding {
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
