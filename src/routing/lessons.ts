import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import type { AgentRecord } from "../registry/agent-record.ts";
import { background } from "./background.ts";
import type { Hit, SourceDocument } from "./opinion.ts";

/** A text that stands for an intent. `label`: number of the intent. `isExample` tells an utterance from a description. */
export type Document = { text: string; label: number; isExample: boolean };

/**
 * What a model is made of: the texts of the registry, and sentences about other things. All are normalised; the same lessons
 * give the same model. `outside`: the share of the traffic that is none of the intents, 0 to 1.
 */
export type Lessons = {
  documents: readonly Document[];
  background: readonly string[];
  /** what sounds alike and is none of the intents */
  counterExamples: readonly string[];
  intents: number;
  seed: number;
  outside?: number;
  /** what another service finds alike among the documents; undefined where it could not be asked */
  heard?: Heard;
};
/** Of each text what was found alike; undefined where it could not be asked. */
export type Answers = readonly (readonly Hit[] | undefined)[];
export type Heard = { documents: Answers; background: Answers; counterExamples: Answers };

/** The lessons of a fleet: whom each number means, and what was written in the records before it was normalised. */
export type FleetLessons = {
  lessons: Lessons;
  intents: readonly { agentId: string; intentLabel: string }[];
  /** in the order of the documents, the background and the counter-examples */
  written: { documents: readonly SourceDocument[]; background: readonly string[]; counterExamples: readonly string[] };
  /** the words of the registered utterances, as they are normalised */
  words: ReadonlySet<string>;
  /** SHA-256 of everything that the model depends on, the code of its making included */
  key: string;
};

/**
 * Suspended agents are learnt too: what they would do goes to nobody else by mistake, and they are back at once. Names and
 * descriptions stand beside the utterances: they help where there are few of these.
 */
export function lessonsOf(
  agents: readonly AgentRecord[],
  normalise: (text: string) => string,
  { seed, outside }: { seed: number; outside: number },
): FleetLessons {
  const taught = agents.filter(({ status }) => status !== "draft" && status !== "deprecated");
  const intents = taught.flatMap((agent) => agent.intent_patterns.map((pattern) => ({ agent, pattern })));
  const texts = intents.flatMap(({ agent, pattern }, label) => [
    ...pattern.example_utterances.map((text) => ({ text, label, isExample: true })),
    { text: pattern.intent_label.replaceAll("-", " "), label, isExample: false },
    { text: `${agent.display_name} ${pattern.description}`, label, isExample: false },
  ]);
  const counterExamples = taught.flatMap(({ counter_examples = [] }) => counter_examples);
  const lessons: Lessons = {
    documents: texts.map((document) => ({ ...document, text: normalise(document.text) })),
    background: background.map(normalise),
    counterExamples: counterExamples.map(normalise),
    ...{ intents: intents.length, seed, outside },
  };
  return {
    lessons,
    intents: intents.map(({ agent, pattern }) => ({ agentId: agent.agent_id, intentLabel: pattern.intent_label })),
    written: {
      documents: texts.map(({ text, label }) => sourceDocument(text, intents[label])),
      ...{ background, counterExamples },
    },
    words: new Set(lessons.documents.flatMap(({ text, isExample }) => (isExample ? text.split(" ") : []))),
    key: createHash("sha256")
      .update(JSON.stringify([recipe, intents.map(({ agent }) => agent.agent_id), lessons]))
      .digest("hex"),
  };
}

function sourceDocument(
  text: string,
  intent: { agent: AgentRecord; pattern: AgentRecord["intent_patterns"][number] } | undefined,
): SourceDocument {
  return {
    text,
    agentId: intent?.agent.agent_id ?? "",
    clusterId: intent?.agent.cluster_id ?? "",
    intentLabel: intent?.pattern.intent_label ?? "",
    confidenceThreshold: intent?.pattern.confidence_threshold ?? 1,
  };
}

/** The code of this room: a model that other code made is another model. */
const recipe = createHash("sha256")
  .update(
    readdirSync(import.meta.dirname)
      .filter((name) => name.endsWith(".ts"))
      .sort()
      .map((name) => readFileSync(`${import.meta.dirname}/${name}`, "utf8"))
      .join("\n"),
  )
  .digest("hex");
