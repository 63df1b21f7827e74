import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import type { AgentRecord } from "../registry/agent-record.ts";
import { background } from "./background.ts";
import type { SourceDocument } from "./opinion.ts";
import type { Lessons } from "./recogniser/lessons.ts";

const RECOGNISER = `${import.meta.dirname}/recogniser`;

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

/** The code of the recogniser: a model that other code made is another model. */
const recipe = createHash("sha256")
  .update(
    globSync("**/*.{ts,wasm}", { cwd: RECOGNISER })
      .sort()
      .map((name) => readFileSync(`${RECOGNISER}/${name}`))
      .join("\n"),
  )
  .digest("hex");
