import type { Directory, Person } from "../../identity/directory.ts";

/** The names that slots are recognised by. `customers` come from the CRM. */
export type Vocabulary = {
  customers: readonly string[];
  departments: readonly string[];
  directory: Directory;
  /** names that other systems know, by `keyOfNames` */
  names: ReadonlyMap<string, readonly string[]>;
};

/** ISO day, e.g. "2026-11-20". */
export type Today = string;

export type Found = { value: unknown; start: number; end: number };
export type Finding = Found | { choices: string[] } | undefined;
export type Utterance = {
  text: string;
  today: Today;
  requester: Person | undefined;
  vocabulary: Vocabulary;
  taken: Found[];
};

export function match(text: string, pattern: RegExp, value: (m: RegExpExecArray) => unknown): Found | undefined {
  const m = pattern.exec(text);
  return m === null ? undefined : { value: value(m), start: m.index, end: m.index + m[0].length };
}

/** The utterance with what was recognised blanked out, so that positions stay. */
export function mask({ text, taken }: Utterance): string {
  return taken.reduce((t, { start, end }) => t.slice(0, start) + " ".repeat(end - start) + t.slice(end), text);
}
