import { z } from "zod";
import { kinds } from "./period.ts";

/** One number of a report; `before` is that of the period before, where there is one to compare with. */
const Figure = z.strictObject({
  label: z.string(),
  value: z.union([z.number(), z.string()]),
  before: z.number().nullable(),
});
export type Figure = z.infer<typeof Figure>;

/** One subject of a report: its numbers, and the cases behind them. `isBad`: somebody should look at it. */
const Section = z.strictObject({
  heading: z.string(),
  isBad: z.boolean(),
  figures: z.array(Figure),
  lines: z.array(z.string()),
});
export type Section = z.infer<typeof Section>;

/** A report as it is kept, shown and filed. Its texts hold names that others gave: whoever shows them makes them safe. */
export const Report = z.strictObject({
  kind: z.enum(kinds),
  /** "2026-W47" */
  period: z.string(),
  title: z.string(),
  /** days: the first one, and the last one of the period */
  from: z.iso.date(),
  through: z.iso.date(),
  /** false: the period is not over */
  isWhole: z.boolean(),
  sections: z.array(Section),
});
export type Report = z.infer<typeof Report>;

export const titles: Record<Report["kind"], string> = {
  weekly: "Weekly engineering risk review",
  monthly: "Monthly governance review",
  quarterly: "Quarterly registry audit",
};

export function figure(label: string, value: Figure["value"], before: number | null = null): Figure {
  return { label, value, before };
}

/** "12, 9 before" */
export function figureInWords({ value, before }: Figure): string {
  return before === null ? String(value) : `${value}, ${before} before`;
}

/** How many of something, by its kind: in the order of the kinds that are told of. */
export function countsOf(rows: readonly { kind: string; n: number }[]): (kind: string) => number {
  const counts = new Map(rows.map(({ kind, n }) => [kind, n]));
  return (kind) => counts.get(kind) ?? 0;
}
