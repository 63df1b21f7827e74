import { z } from "zod";
import { day } from "../action/values.ts";
import type { Consent } from "../memory/consents/store.ts";
import type { Fact } from "../memory/fact.ts";
import { provenanceOf } from "./memory-question.ts";
import { clusterNames } from "./shared.ts";
import { type Card, cardTemplate, fitting } from "./template.ts";
import { brief, cut, plain, visible } from "./text.ts";

const MemoryCard = z.strictObject({
  speak: z.string(),
  title: z.string(),
  text: z.string(),
  items: z.array(
    z.strictObject({
      factId: z.uuid(),
      name: z.string(),
      value: z.string(),
      typedValue: z.string(),
      provenance: z.string(),
      state: z.string(),
      color: z.enum(["Default", "Good", "Warning", "Attention"]),
      canConfirm: z.boolean(),
      canRun: z.boolean(),
    }),
  ),
  areas: z.array(z.strictObject({ clusterId: z.string(), name: z.string(), text: z.string(), on: z.boolean() })),
  more: z.boolean(),
  back: z.boolean(),
  nextPage: z.int(),
  previousPage: z.int(),
  typed: z.string(),
});
const expand = cardTemplate("memory", MemoryCard);
const PAGE = 4;

/** Everything that is remembered of somebody, and where. `page` from 0; one behind the end shows the last. */
export type MemoryView = { facts: readonly Fact[]; consents: readonly Consent[]; page: number };

export function renderMemory(view: MemoryView): Card {
  return fitting(
    () => render(view, 300),
    () => render(view, 60),
  );
}

function render({ facts, consents, page }: MemoryView, length: number): Card {
  const last = Math.max(0, Math.ceil(facts.length / PAGE) - 1);
  const at = Math.min(page, last);
  const title = `What I remember of you: ${facts.length}`;
  return expand({
    ...{ speak: title, title, text: textOf(facts.length, at, last) },
    items: facts.slice(at * PAGE, (at + 1) * PAGE).map((fact) => itemOf(fact, length)),
    areas: Object.entries(clusterNames).map(([clusterId, name]) => {
      const given = consents.find((consent) => consent.clusterId === clusterId);
      const since = given === undefined ? "nothing is kept" : `on since ${day(given.givenAt.toISOString())}`;
      return { clusterId, name, text: `**${name}**: ${since}`, on: given !== undefined };
    }),
    ...{ more: at < last, back: at > 0, nextPage: at + 1, previousPage: Math.max(0, at - 1) },
    typed:
      "Or type: remember that my customer is …; correct memory NAME to …; forget NAME; forget everything; search NAME; memory on in AREA; memory off in AREA; export memory",
  });
}

function textOf(count: number, page: number, last: number): string {
  if (count === 0)
    return "Nothing is kept. Agents of an area read only what you had kept there, and only when they work for you.";
  return last === 0 ? "Agents read it only for you, and only those of its area." : `Page ${page + 1} of ${last + 1}`;
}

const states = {
  kept: { state: "kept", color: "Good" },
  proposed: { state: "waits for your word", color: "Warning" },
  quarantined: { state: "put aside, not used", color: "Attention" },
} as const;

function itemOf(fact: Fact, length: number): z.infer<typeof MemoryCard>["items"][number] {
  const area = clusterNames[fact.clusterId] ?? fact.clusterId;
  return {
    factId: fact.factId,
    name: brief(fact.name),
    value: plain(cut(fact.value, length)),
    typedValue: visible(cut(fact.value, length)),
    provenance: `${area} · ${fact.kind} · ${provenanceOf(fact)}${fact.why === null ? "" : ` · ${fact.why}`}`,
    ...states[fact.state],
    canConfirm: fact.state === "proposed",
    canRun: fact.kind === "search" && fact.state === "kept",
  };
}
