import { readFileSync } from "node:fs";
import { z } from "zod";
import { SignalboxError } from "../../errors.ts";
import { keyOf } from "../intent-name.ts";
import type { Figures } from "./figures.ts";
import type { JudgedLine } from "./judge.ts";
import { expectedKey } from "./lines.ts";

const count = z.int().min(0);
const Tally = z.strictObject({
  ...{ lines: count, served: count, right: count, rightCluster: count, offered: count },
  ece: z.number().nullable(),
});
const Outside = z.strictObject({ lines: count, served: count });
const Unexpected = z.strictObject({
  text: z.string(),
  /** "cluster / agent / intent", "out-of-scope" or "vague" */
  expect: z.string(),
  outcome: z.enum(["serve", "clarify", "handoff"]),
  /** who served, or was the likeliest; empty: nothing came into question */
  best: z.string(),
  /** two decimals */
  score: z.number(),
});

/** What was accepted last: the figures, and every line that is not as expected. All other lines were as expected. */
const Accepted = z.strictObject({
  registryVersion: z.string(),
  /** SHA-256 of the golden set */
  goldenVersion: z.string(),
  figures: z.strictObject({
    inScope: Tally,
    eceWithOutOfScope: z.number().nullable(),
    outOfScope: Outside,
    vague: Outside,
    clusters: z.record(z.string(), Tally),
    intents: z.record(z.string(), Tally),
  }),
  unexpected: z.array(Unexpected),
});
export type Accepted = z.infer<typeof Accepted>;
export type Unexpected = z.infer<typeof Unexpected>;

/** @returns undefined where nothing was accepted yet. @throws SignalboxError "accepted-invalid" */
export function readAccepted(file: string): Accepted | undefined {
  let content: string;
  try {
    content = readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
  const invalid = (what: string): SignalboxError =>
    new SignalboxError("accepted-invalid", `${file}: ${what}. Cure: take it from source control, or run --accept.`);
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch {
    throw invalid("is not valid JSON");
  }
  const parsed = Accepted.safeParse(json);
  if (!parsed.success) throw invalid(`${parsed.error.issues[0]?.path.join(".")}: ${parsed.error.issues[0]?.message}`);
  return parsed.data;
}

/** Pure. */
export function acceptable(
  judged: readonly JudgedLine[],
  figures: Figures,
  versions: Pick<Accepted, "registryVersion" | "goldenVersion">,
): Accepted {
  const unexpected = judged
    .filter(({ isAsExpected }) => !isAsExpected)
    .map(unexpectedOf)
    .sort((a, b) => compareText(a.expect, b.expect) || compareText(a.text, b.text));
  return { ...versions, figures, unexpected };
}

export function unexpectedOf({ text, expect, outcome, best }: JudgedLine): Unexpected {
  return {
    ...{ text, expect: expectedKey(expect), outcome },
    best: best === undefined ? "" : keyOf(best),
    score: Math.round((best?.score ?? 0) * 100) / 100,
  };
}

/** By code units: the same order on every machine. */
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** One figure or sentence a line, so that a change of one shows as a change of one. */
export function acceptedText({ registryVersion, goldenVersion, figures, unexpected }: Accepted): string {
  const { clusters, intents, ...totals } = figures;
  const line = (value: unknown): string => JSON.stringify(value);
  const block = (record: Record<string, unknown>, indent: string): string =>
    listed(
      "{}",
      Object.entries(record).map(([key, value]) => `${line(key)}: ${line(value)}`),
      indent,
    );
  const inFigures = [
    ...Object.entries(totals).map(([key, value]) => `${line(key)}: ${line(value)}`),
    `"clusters": ${block(clusters, "    ")}`,
    `"intents": ${block(intents, "    ")}`,
  ];
  const all = [
    `"registryVersion": ${line(registryVersion)}`,
    `"goldenVersion": ${line(goldenVersion)}`,
    `"figures": ${listed("{}", inFigures, "  ")}`,
    `"unexpected": ${listed("[]", unexpected.map(line), "  ")}`,
  ];
  return `${listed("{}", all, "")}\n`;
}

function listed(brackets: "{}" | "[]", items: readonly string[], indent: string): string {
  if (items.length === 0) return brackets;
  return `${brackets[0]}\n${items.map((item) => `${indent}  ${item}`).join(",\n")}\n${indent}${brackets[1]}`;
}
