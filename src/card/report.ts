import { z } from "zod";
import { figureInWords, type Report, type Section } from "../review/reports/report.ts";
import { Fact } from "./shared.ts";
import { type Card, cardTemplate, fitting } from "./template.ts";
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
  return fitting(
    () => render(report, page, { cases: FIRST, value: 100, line: 200 }),
    () => render(report, page, { cases: 0, value: 20, line: 80 }),
  );
}

/** How much is shown: so many cases of each section on the first page, and values and cases of such a length. */
type Room = { cases: number; value: number; line: number };

function render(report: Report, page: number, room: Room): Card {
  const { kind, period, from, through, isWhole } = report;
  const pages = [
    report.sections.map((section) => overview(section, room)),
    ...report.sections.flatMap((section) => casesOf(section, room)),
  ];
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

function overview({ heading, isBad, figures, lines }: Section, { cases, value, line }: Room): Part {
  const more = lines.length - cases;
  return {
    ...{ heading: brief(heading), color: isBad ? "Warning" : "Default", hasFacts: figures.length > 0 },
    facts: figures.map((one) => ({ label: plain(cut(one.label, 70)), value: plain(cut(figureInWords(one), value)) })),
    lines: lines.slice(0, cases).map((text) => lineOf(text, line)),
    more: more > 0 ? `and ${more} more, on the next pages` : "",
  };
}

function casesOf({ heading, lines }: Section, { line }: Room): Part[][] {
  return Array.from({ length: Math.ceil(lines.length / PER_PAGE) }, (_, i) => [
    {
      ...{ heading: brief(heading), color: "Default", hasFacts: false, facts: [], more: "" },
      lines: lines.slice(i * PER_PAGE, (i + 1) * PER_PAGE).map((text) => lineOf(text, line)),
    },
  ]);
}

function lineOf(text: string, length: number): { text: string } {
  return { text: plain(cut(text.replaceAll(/\s+/g, " "), length)) };
}
