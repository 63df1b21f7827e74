import { readFileSync } from "node:fs";
import type { AgentRecord } from "../registry/agent-record.ts";
import type { Registry } from "../registry/registry.ts";
import { createBm25 } from "./bm25.ts";
import { type Candidate, decide, type Standing, thresholds } from "./decide.ts";
import { type Document, modelOf } from "./model.ts";
import { createNormaliser, type Entities } from "./normalise.ts";
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
  route(text: string): RoutingDecision;
  /** Follows a changed registry; until it is trained, the former one is followed. */
  reload(registry: Pick<Registry, "agents" | "version">): Promise<void>;
};

const SHORTLIST_DOCUMENTS = 60;
const SHORTLIST_INTENTS = 12;
const MOST_CANDIDATES = 5;
/** Below this margin the shortlist is not trusted, and all intents are judged. */
const SMALL_MARGIN = 0.2;
const background = readFileSync(new URL("./background.txt", import.meta.url), "utf8")
  .trim()
  .split("\n");

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
    route: (text) => route(text),
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
  const lessons = { documents, background: background.map(normalise), intents: intents.length, seed };
  const model = modelOf(await trainAside(lessons));
  const index = createBm25(documents.map(({ text }) => text));
  const originals = originalsOf(intents);

  return (text) => {
    const said = normalise(text);
    const { inScope, intents: share, wordsFor } = model.judge(said);
    const hits = index.search(said, SHORTLIST_DOCUMENTS);
    const shortlist = new Set(hits.map(({ document }) => documents[document]?.label ?? 0).slice(0, SHORTLIST_INTENTS));
    const ranked = intents
      .map((intent, label) => ({ intent, label, score: inScope * (share[label] ?? 0) }))
      .sort((a, b) => b.score - a.score);
    const [first] = ranked;
    const short = ranked.filter(({ label }) => shortlist.has(label));
    const isShortlistEnough =
      (short[0]?.score ?? 0) >= thresholds.serve && (short[0]?.score ?? 0) - (short[1]?.score ?? 0) >= SMALL_MARGIN;
    const judged = isShortlistEnough ? short : ranked;
    const nearest = (label: number): string => {
      const hit = hits.find(({ document }) => documents[document]?.label === label && documents[document]?.isExample);
      return originals[hit?.document ?? -1] ?? intents[label]?.pattern.example_utterances[0] ?? "";
    };
    const standings = judged
      .slice(0, 2 * MOST_CANDIDATES)
      .map(({ intent, label, score }) => standing(intent, score, nearest(label), wordsFor(label).map(inWords)));
    const clusters = clustersOf(ranked);
    const { outcome, reason, clusterId, chosen, margin, threshold, fanOut } = decide(clusters, standings);
    return {
      ...{ outcome, reason, clusterId, chosen },
      candidates: standings
        .filter(({ status }) => status === "active" || status === "degraded")
        .slice(0, MOST_CANDIDATES)
        .map(bare),
      phase1: {
        ...{ clusters, inScope, shortlist: shortlist.size },
        shortlistMissed: first !== undefined && !shortlist.has(first.label),
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

function clustersOf(ranked: readonly { intent: Intent; score: number }[]): { clusterId: string; score: number }[] {
  const scores = new Map<string, number>();
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
