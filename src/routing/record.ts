import type { AgentRecord } from "../registry/agent-record.ts";
import { type Candidate, decide, type Standing, thresholds } from "./decide.ts";
import { isForeign } from "./language.ts";
import type { FleetLessons } from "./lessons.ts";
import { namedAgents } from "./named-agents.ts";
import type { Recognised } from "./recognise.ts";
import { commandsChange } from "./speech-act.ts";
import { SURE } from "./verbatim.ts";

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
    /** what it is so sure from, for the likeliest intent; see Evidence */
    evidence: { margin: number; overNone: number; coverage: number; nearness: number; known: number };
    /** how many intents the word index proposed */
    shortlist: number;
    /** those were not enough to be sure, and all intents were judged */
    widened: boolean;
    /** the winner was not among the proposed */
    shortlistMissed: boolean;
    /** another service was asked as well: which one, and whether it answered in time */
    opinion?: { of: string; inTime: boolean };
  };
  phase2: {
    /** within the cluster: P(this intent | this cluster), best first, five at most */
    scores: { agentId: string; intent: string; score: number }[];
    margin: number;
    threshold: number;
    fanOut: Candidate[];
  };
  thresholds: typeof thresholds;
  registryVersion: string;
  /** which model judged: the beginning of the hash of its lessons */
  model: string;
};

const MOST_CANDIDATES = 5;
const HASH_SHOWN = 12;
/** Where less than this share of what is said was ever heard, a likeness to what was is no ground to act on. */
const LEAST_HEARD = 0.5;

/** A text as it was written, and as it was normalised. */
export type Utterance = { text: string; words: string };

/**
 * What was recognised, by the rules of both phases. Who is in service, and from which score, is what the registry says now,
 * whatever the model learnt.
 * @param further why it is asked about, where nothing else stands against serving it
 */
export function decisionOf(
  said: Utterance,
  recognised: Recognised,
  { intents, written, words, key }: FleetLessons,
  registry: { byId: ReadonlyMap<string, AgentRecord>; version: string },
  opinion: { of: string; inTime: boolean } | undefined,
  further?: string,
): RoutingDecision {
  const { inScope, nearest, evidence, shortlist, isWidened, isMissed } = recognised;
  const standings = recognised.intents.flatMap(({ label, score }, i): Standing[] => {
    const { agentId = "", intentLabel } = intents[label] ?? {};
    const agent = registry.byId.get(agentId);
    const pattern = agent?.intent_patterns.find(({ intent_label }) => intent_label === intentLabel);
    if (agent === undefined || pattern === undefined) return [];
    const matched = i === 0 ? written.documents[nearest ?? -1]?.text : undefined;
    return [
      {
        ...{ agentId, displayName: agent.display_name, clusterId: agent.cluster_id, intent: pattern.intent_label },
        ...{ score, matched: matched ?? pattern.example_utterances[0] ?? "" },
        why: recognised.wordsFor(label).map(inWords),
        status: agent.status,
        confidenceThreshold: pattern.confidence_threshold,
        isReadOnly: pattern.risk === "low",
      },
    ];
  });
  const clusters = clustersOf([...registry.byId.values()], standings);
  const { coverage, nearness, known, none, scores } = evidence;
  const inService = [...registry.byId.values()].filter(isInService);
  const named = namedAgents(said.text, inService);
  // Another service that was heard knows languages and words that the registry does not have.
  const isUnderstood = opinion?.inTime === true;
  const doubt =
    doubtAbout(named, !isUnderstood && isForeign(said.words, words), isUnderstood ? 1 : coverage) ??
    further ??
    doubtAboutChange(said.words, standings[0], registry);
  const { outcome, reason, clusterId, chosen, margin, threshold, fanOut } = decide(clusters, standings, doubt);
  const [cluster] = clusters;
  return {
    ...{ outcome, reason, clusterId, chosen },
    candidates: (named.length > 0 ? choicesOf(named, standings) : standings.filter(isInService).map(bare)).slice(
      0,
      MOST_CANDIDATES,
    ),
    phase1: {
      ...{ clusters, inScope, shortlist: shortlist.length, widened: isWidened, shortlistMissed: isMissed },
      evidence: {
        margin: (scores[0] ?? 0) - (scores[1] ?? 0),
        overNone: (scores[0] ?? 0) - none,
        ...{ coverage, nearness, known },
      },
      ...(opinion === undefined ? {} : { opinion }),
    },
    phase2: {
      scores: standings
        .filter((one) => one.clusterId === cluster?.clusterId)
        .slice(0, MOST_CANDIDATES)
        .map(({ agentId, intent, score }) => ({ agentId, intent, score: score / (cluster?.score || 1) })),
      ...{ margin, threshold, fanOut },
    },
    thresholds,
    registryVersion: registry.version,
    model: key.slice(0, HASH_SHOWN),
  };
}

const isInService = ({ status }: Pick<Standing, "status">): boolean => status === "active" || status === "degraded";

/** Why it is asked about, however likely one of the fleet looks; undefined where nothing stands against serving it. */
function doubtAbout(named: readonly AgentRecord[], isForeignSpeech: boolean, heard: number): string | undefined {
  if (named.length > 0)
    return `it names ${named.map(({ display_name }) => display_name).join(" and ")}, and not what is wanted`;
  if (isForeignSpeech) return "this is not said in the language of the fleet, and nobody should have to guess";
  if (heard < LEAST_HEARD) return "most of these words were never heard before";
  return undefined;
}

/** Whoever commands a change does not want it read out, unless just these words were registered. */
function doubtAboutChange(
  words: string,
  best: Standing | undefined,
  { byId }: { byId: ReadonlyMap<string, AgentRecord> },
): string | undefined {
  if (best === undefined || best.score >= SURE || !commandsChange(words.replace(/^xchange /, ""))) return undefined;
  if (byId.get(best.agentId)?.capability_mode !== "read-only") return undefined;
  return `it asks for a change, and ${best.displayName} only reads`;
}

/** What the named agents do, likeliest first; of several agents one each, then the second of each. */
function choicesOf(named: readonly AgentRecord[], standings: readonly Standing[]): Candidate[] {
  const rows = named.map(({ agent_id: agentId, display_name: displayName, cluster_id: clusterId, intent_patterns }) =>
    intent_patterns
      .map(({ intent_label: intent, example_utterances: [matched = ""] }): Candidate => {
        const standing = standings.find((one) => one.agentId === agentId && one.intent === intent);
        return standing === undefined
          ? { agentId, displayName, clusterId, intent, score: 0, matched, why: [] }
          : bare(standing);
      })
      .sort((a, b) => b.score - a.score),
  );
  const longest = Math.max(...rows.map(({ length }) => length));
  return Array.from({ length: longest }, (_, i) => rows.flatMap((row) => row[i] ?? [])).flat();
}

function clustersOf(
  agents: readonly AgentRecord[],
  standings: readonly Standing[],
): { clusterId: string; score: number }[] {
  const scores = new Map<string, number>(agents.map(({ cluster_id }) => [cluster_id, 0]));
  for (const { clusterId, score } of standings) scores.set(clusterId, (scores.get(clusterId) ?? 0) + score);
  return [...scores].map(([clusterId, score]) => ({ clusterId, score })).sort((a, b) => b.score - a.score);
}

function bare({ agentId, displayName, clusterId, intent, score, matched, why }: Standing): Candidate {
  return { agentId, displayName, clusterId, intent, score, matched, why };
}

/** What a normalised text says for a name or an id, as people would say it: "xinvoice" → "an invoice id". */
function inWords(word: string): string {
  const kind = /^x([a-z]+)$/.exec(word)?.[1];
  if (kind === undefined) return word;
  const named: Record<string, string> = {
    ...{ number: "a number", date: "a date", email: "an address", customer: "a customer", person: "a person" },
    ...{ department: "a department", invoice: "an invoice id", ticket: "a ticket id", device: "a device id" },
    ...{ policy: "a policy id", id: "an id", cve: "a CVE id", change: "a wish to change something" },
  };
  return named[kind] ?? word;
}
