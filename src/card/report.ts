import { z } from "zod";
import { figureInWords, type Report, type Section } from "../review/reports/report.ts";
import { Fact } from "./shared.ts";
import { type Card, cardTemplate } from "./template.ts";
import { brief, cut, plain } from "./text.ts";

const Part = z.strictObject({
  heading: z.string(),
  color: z.enum(["Default", "Warning"]),
  hasFacts: z.boolean(),
  facts: z.array(Fact),
  lines: z.array(z.strictObject({ text: z.string() })),
  more: z.string(),
});
type Part = z.infer<typeof Part>;
const ReportCard = z.strictObject({
  speak: z.string(),
  title: z.string(),
  when: z.string(),
  parts: z.array(Part),
  kind: z.string(),
  period: z.string(),
  next: z.boolean(),
  nextPage: z.int(),
  back: z.boolean(),
  previousPage: z.int(),
  footer: z.string(),
});
const expand = cardTemplate("report", ReportCard);

/** Of each section so many cases stand on the first page; all of them follow on pages of their own. */
const FIRST = 2;
const PER_PAGE = 15;

/** A report in pages: first all numbers, then, section by section, every case behind them. @param page from 0; beyond the last one it is the last */
export function renderReport(report: Report, page: number): Card {
  const { kind, period, from, through, isWhole } = report;
  const pages = [report.sections.map(overview), ...report.sections.flatMap(casesOf)];
  const current = Math.min(page, pages.length - 1);
  const title = `${report.title} ${period}`;
  const bad = report.sections.filter(({ isBad }) => isBad).map(({ heading }) => heading);
  const verdict = bad.length === 0 ? "Nothing stands out." : `To be looked at: ${bad.join(", ")}.`;
  return expand({
    speak: plain(cut(`${title}. ${verdict}`, 300)),
    title: brief(title),
    when: plain(`${from} to ${through}, UTC${isWhole ? "" : ", so far"}. ${verdict}`),
    parts: pages[current] ?? [],
    kind,
    period,
    next: current + 1 < pages.length,
    nextPage: current + 1,
    back: current > 0,
    previousPage: Math.max(0, current - 1),
    footer: pages.length > 1 ? `Page ${current + 1} of ${pages.length}` : "",
  });
}

function overview({ heading, isBad, figures, lines }: Section): Part {
  const more = lines.length - FIRST;
  return {
    ...{ heading: brief(heading), color: isBad ? "Warning" : "Default", hasFacts: figures.length > 0 },
    facts: figures.map((one) => ({ label: brief(one.label), value: plain(cut(figureInWords(one), 100)) })),
    lines: lines.slice(0, FIRST).map(lineOf),
    more: more > 0 ? `and ${more} more, on the next pages` : "",
  };
}

/** Sections of which the first page shows everything have no pages of their own. */
function casesOf({ heading, lines }: Section): Part[][] {
  if (lines.length <= FIRST) return [];
  return Array.from({ length: Math.ceil(lines.length / PER_PAGE) }, (_, i) => [
    {
      ...{ heading: brief(heading), color: "Default", hasFacts: false, facts: [], more: "" },
      lines: lines.slice(i * PER_PAGE, (i + 1) * PER_PAGE).map(lineOf),
    },
  ]);
}

function lineOf(text: string): { text: string } {
  return { text: plain(cut(text.replaceAll(/\s+/g, " "), 200)) };
}
