import { z } from "zod";
import { Fact } from "./shared.ts";
import { type Card, cardTemplate, fitting } from "./template.ts";
import { brief, cut, plain } from "./text.ts";

const Part = z.strictObject({ heading: z.string(), text: z.string(), facts: z.array(Fact) });
const LineageCard = z.strictObject({ speak: z.string(), title: z.string(), parts: z.array(Part) });
const expand = cardTemplate("lineage", LineageCard);

/** One stage on the way from utterance to evidence; texts are untrusted, `facts` whose `label` starts with a time are too. */
export type LineagePart = { heading: string; text: string; facts: Fact[] };

/** How an outcome came about, on one screen (R12.2, S12). */
export function renderLineage(code: string, parts: readonly LineagePart[]): Card {
  const render = (length: number, facts: number) =>
    expand({
      speak: `How ${code} came about`,
      title: `How ${code} came about`,
      parts: parts.map((part) => ({
        heading: brief(part.heading),
        text: plain(cut(part.text, length)),
        facts: part.facts
          .slice(0, facts)
          .map(({ label, value }) => ({ label: plain(cut(label, length)), value: plain(cut(value, length)) })),
      })),
    });
  return fitting(
    () => render(500, 40),
    () => render(150, 25),
    () => render(60, 12),
    () => render(60, 4),
  );
}
