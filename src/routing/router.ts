import type { AgentRecord } from "../registry/agent-record.ts";
import type { Registry } from "../registry/registry.ts";
import { background } from "./background.ts";
import { type Candidate, decide, type Standing, thresholds } from "./decide.ts";
import type { Document } from "./lessons.ts";
import { createNormaliser, type Entities } from "./normalise.ts";
import { createRecogniser } from "./recognise.ts";
import { trainAside } from "./train-aside.ts";

export type { Candidate } from "./decide.ts";

/** Why a turn went where it went, whole: it is stored with the turn and shown by `why`. */
export type RoutingDecision = {
  outcome: "serve" | "clarify" | "handoff";
  reason: string;
  clusterId: string | undefined;
  chosen: Candidate | undefined;
  /** best first, five at most */
  candidates: Candidate[];
  phase1: {
    clusters: { clusterId: string; score: number }[];
    /** P(this is anything that the fleet does) */
    inScope: number;
    /** how many intents the word index proposed */
    shortlist: number;
    /** the winner was not among those */
    shortlistMissed: boolean;
  };
  phase2: { margin: number; threshold: number; fanOut: Candidate[] };
  thresholds: typeof thresholds;
  registryVersion: string;
};

export type Router = {
  route(text: string): Promise<RoutingDecision>;
  /** Follows a changed registry; until it is trained, the former one is followed. */
  reload(registry: Pick<Registry, "agents" | "version">): Promise<void>;
};

const MOST_CANDIDATES = 5;

type Intent = { agent: AgentRecord; pattern: AgentRecord["intent_patterns"][number] };

/**
 * Routes turns by what the registry says, and by nothing else: it is trained from the registered utterances (R2.2, R2.7).
 * @param options.entities names that mean nothing by themselves, by kind: customers, people, departments
 */
export async function createRouter(
  registry: Pick<Registry, "agents" | "version">,
  options: { entities?: Entities; seed?: number } = {},
): Promise<Router> {
  const normalise = createNormaliser(options.entities ?? {});
  let route = await build(registry, normalise, options.seed ?? 1);
  return {
    route: async (text) => route(text),
    reload: async (changed) => {
      route = await build(changed, normalise, options.seed ?? 1);
    },
  };
}

async function build(
  registry: Pick<Registry, "agents" | "version">,
  normalise: (text: string) => string,
  seed: number,
): Promise<(text: string) => RoutingDecision> {
  const intents = intentsOf(registry.agents);
  const documents = documentsOf(intents, normalise);
  const counterExamples = registry.agents.flatMap(({ counter_examples = [] }) => counter_examples).map(normalise);
  const lessons = { documents, background: background.map(normalise), counterExamples, intents: intents.length, seed };
  const recogniser = createRecogniser(await trainAside(lessons), documents, intents.length);
  const originals = originalsOf(intents);

  return (text) => {
    const { inScope, intents: likely, nearest, shortlist, isMissed, wordsFor } = recogniser.recognise(normalise(text));
    const ranked = likely.flatMap(({ label, score }) => {
      const intent = intents[label];
      return intent === undefined ? [] : [{ intent, label, score }];
    });
    const matched = (label: number): string =>
      (label === likely[0]?.label ? originals[nearest ?? -1] : undefined) ??
      intents[label]?.pattern.example_utterances[0] ??
      "";
    const standings = ranked
      .slice(0, 2 * MOST_CANDIDATES)
      .map(({ intent, label, score }) => standing(intent, score, matched(label), wordsFor(label).map(inWords)));
    const clusters = clustersOf(intents, ranked);
    const { outcome, reason, clusterId, chosen, margin, threshold, fanOut } = decide(clusters, standings);
    return {
      ...{ outcome, reason, clusterId, chosen },
      candidates: standings
        .filter(({ status }) => status === "active" || status === "degraded")
        .slice(0, MOST_CANDIDATES)
        .map(bare),
      phase1: {
        ...{ clusters, inScope, shortlist: shortlist.length },
        shortlistMissed: isMissed,
      },
      phase2: { margin, threshold, fanOut },
      thresholds,
      registryVersion: registry.version,
    };
  };
}

/** What a normalised text says for a name or an id, as people would say it: "xinvoice" → "an invoice id". */
function inWords(word: string): string {
  const kind = /^x([a-z]+)$/.exec(word)?.[1];
  if (kind === undefined) return word;
  const named: Record<string, string> = {
    ...{ number: "a number", date: "a date", email: "an address", customer: "a customer", person: "a person" },
    ...{ department: "a department", invoice: "an invoice id", ticket: "a ticket id", device: "a device id" },
    ...{ policy: "a policy id", cve: "a CVE id" },
    change: "a wish to change something",
  };
  return named[kind] ?? word;
}

/** Agents that may serve, and those that are only degraded, are what a turn can be routed to. */
function intentsOf(agents: readonly AgentRecord[]): Intent[] {
  return agents
    .filter(({ status }) => status === "active" || status === "degraded")
    .flatMap((agent) => agent.intent_patterns.map((pattern) => ({ agent, pattern })));
}

/** Utterances first; names and descriptions help where there are few of them. */
function documentsOf(intents: readonly Intent[], normalise: (text: string) => string): Document[] {
  return intents.flatMap(({ agent, pattern }, label) => [
    ...pattern.example_utterances.map((text) => ({ text: normalise(text), label, isExample: true })),
    { text: normalise(pattern.intent_label.replaceAll("-", " ")), label, isExample: false },
    { text: normalise(`${agent.display_name} ${pattern.description}`), label, isExample: false },
  ]);
}

/** As they were registered, in the order of the documents. */
function originalsOf(intents: readonly Intent[]): string[] {
  return intents.flatMap(({ pattern }) => [...pattern.example_utterances, pattern.intent_label, pattern.description]);
}

function clustersOf(
  intents: readonly Intent[],
  ranked: readonly { intent: Intent; score: number }[],
): { clusterId: string; score: number }[] {
  const scores = new Map<string, number>(intents.map(({ agent }) => [agent.cluster_id, 0]));
  for (const { intent, score } of ranked) {
    const { cluster_id: clusterId } = intent.agent;
    scores.set(clusterId, (scores.get(clusterId) ?? 0) + score);
  }
  return [...scores].map(([clusterId, score]) => ({ clusterId, score })).sort((a, b) => b.score - a.score);
}

function standing({ agent, pattern }: Intent, score: number, matched: string, why: string[]): Standing {
  return {
    agentId: agent.agent_id,
    displayName: agent.display_name,
    clusterId: agent.cluster_id,
    intent: pattern.intent_label,
    ...{ score, matched, why },
    status: agent.status,
    confidenceThreshold: pattern.confidence_threshold,
    isReadOnly: pattern.risk === "low",
  };
}

function bare({ agentId, displayName, clusterId, intent, score, matched, why }: Standing): Candidate {
  return { agentId, displayName, clusterId, intent, score, matched, why };
}
