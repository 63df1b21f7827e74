import { z } from "zod";
import { day } from "../action/values.ts";
import type { Fact as MemoryFact } from "../memory/fact.ts";
import { clusterNames, Fact, Style } from "./shared.ts";
import { type Card, cardTemplate } from "./template.ts";
import { brief, cut, plain, visible } from "./text.ts";

const QuestionCard = z.strictObject({
  speak: z.string(),
  style: Style,
  banner: z.string(),
  text: z.string(),
  facts: z.array(Fact),
  typed: z.string(),
  actions: z.array(z.strictObject({ title: z.string(), verb: z.string(), clusterId: z.string() })),
  factId: z.string(),
  /** what is carried out once there is consent */
  what: z.string(),
});
const expand = cardTemplate("memory-question", QuestionCard);

type Data = z.infer<typeof QuestionCard>;
type Question = Pick<Data, "style" | "banner" | "text" | "typed"> &
  Partial<Pick<Data, "facts" | "factId" | "what">> & {
    clusterId?: string;
    /** those that name no cluster are about the card's */
    actions: { title: string; verb: string; clusterId?: string }[];
  };

function render({ clusterId = "", actions, ...question }: Question): Card {
  const { banner, text, typed } = question;
  return expand({
    ...{ facts: [], factId: "", what: "", ...question },
    actions: actions.map((action) => ({ clusterId, ...action })),
    speak: plain(cut(`${banner}. ${text}`, 300)),
    banner: plain(cut(banner, 200)),
    text: plain(cut(text, 900)),
    typed: plain(cut(typed, 300)),
  });
}

const areaOf = (clusterId: string): string => clusterNames[clusterId] ?? clusterId;

/** What somebody agrees to. @param area as people know it */
function termsFor(area: string): string {
  return `Only what you tell me to keep: what you call things, searches, and cases. Only the agents of ${area} read it, and only when they work for you. “memory” shows it, corrects it, exports it and forgets it, whenever you like. What looks like an attack is put aside, and whoever leads ${area} or security looks at it.`;
}

/** Nobody can tell for whose agents: the button of an area is the consent for it, and then `what` is kept. */
export function renderWhichArea(what: string): Card {
  return render({
    style: "accent",
    banner: "For the agents of which area?",
    text: `The button also says that I may remember things for you in that area. ${termsFor("that area")} Nothing has been kept yet.`,
    typed: "Or say it with the area: remember in finance that …",
    actions: [
      ...Object.entries(clusterNames).map(([clusterId, title]) => ({ title, verb: "memory.opt-in", clusterId })),
      { title: "No, keep nothing", verb: "memory.decline" },
    ],
    what: visible(cut(what, 400)),
  });
}

/** Before anything is kept: may the agents of this cluster remember things? @param what the words that it began with; "": none */
export function renderOptIn(clusterId: string, what: string): Card {
  const area = areaOf(clusterId);
  return render({
    style: "accent",
    banner: `May I remember things for you in ${area}?`,
    text: `${termsFor(area)} Nothing has been kept yet.`,
    typed: `Or type: memory on in ${area}`,
    actions: [
      { title: `Remember in ${area}`, verb: "memory.opt-in" },
      { title: "No, keep nothing", verb: "memory.decline" },
    ],
    ...{ clusterId, what: visible(cut(what, 400)) },
  });
}

/** Whose memory it is sees this one: what was read somewhere is only kept on their word. */
export function renderProposedFact(fact: MemoryFact): Card {
  const about = { facts: factsOf(fact), factId: fact.factId, clusterId: fact.clusterId };
  if (fact.state === "proposed")
    return render({
      style: "warning",
      banner: "Is this right? I did not hear it from you",
      text: "I have read it somewhere. It counts only once you say so, and whatever is done with it is confirmed with you.",
      typed: `Or type: keep memory ${fact.name}, or forget ${fact.name}`,
      actions: [
        { title: "Keep it", verb: "memory.confirm" },
        { title: "Forget", verb: "memory.forget" },
      ],
      ...about,
    });
  const settled = fact.state === "kept" ? "Kept" : "Put aside until somebody has looked at it";
  return render({
    style: "default",
    banner: settled,
    text: "“memory” shows all that I keep.",
    typed: "",
    actions: [],
    ...about,
  });
}

/** Whoever leads the cluster, or security, sees this one. @param who whose it is */
export function renderQuarantinedFact(fact: MemoryFact, who: string): Card {
  const about = { facts: [{ label: "Of", value: brief(who) }, ...factsOf(fact)], factId: fact.factId };
  if (fact.state !== "quarantined")
    return render({ style: "good", banner: "Released", text: "It serves.", typed: "", actions: [], ...about });
  const code = fact.factId.slice(0, 8);
  return render({
    style: "attention",
    banner: "Something that was to be remembered is in quarantine",
    text: `${fact.why} No agent is given it. Release it where it is harmless.`,
    typed: `Or type: release memory ${code}, or delete memory ${code}`,
    actions: [
      { title: "Release", verb: "memory.release" },
      { title: "Delete", verb: "memory.delete" },
    ],
    ...about,
  });
}

/** What the cards about it become when it is gone: they hold nothing of it any more. */
export function renderForgotten(): Card {
  const text = "It was forgotten, or deleted from quarantine.";
  return render({ style: "default", banner: "Not remembered any more", text, typed: "", actions: [] });
}

function factsOf(fact: MemoryFact): Fact[] {
  return [
    { label: "Name", value: brief(fact.name) },
    { label: "Stands for", value: plain(cut(fact.value, 300)) },
    { label: "Area", value: areaOf(fact.clusterId) },
    { label: "From", value: provenanceOf(fact) },
  ];
}

const sources = {
  "own-words": "said by you",
  system: "read in a system's answer",
  document: "read in a document or mail",
} as const;

/** "said by you on 21 Nov 2026, trust 0.9" */
export function provenanceOf({ source, keptAt, trust }: Pick<MemoryFact, "source" | "keptAt" | "trust">): string {
  return `${sources[source]} on ${day(keptAt.toISOString())}, trust ${trust.toFixed(1)}`;
}
