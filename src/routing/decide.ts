/** A possible server of a turn with its calibrated score, the probability that it is the right one. */
export type Candidate = {
  agentId: string;
  displayName: string;
  clusterId: string;
  intent: string;
  score: number;
  /** the nearest registered utterance */
  matched: string;
  /** words that mattered, strongest first, five at most */
  why: string[];
};

/** A candidate with what the rules need to know of its agent. */
export type Standing = Candidate & {
  status: "draft" | "active" | "degraded" | "suspended" | "deprecated";
  confidenceThreshold: number;
  /** changes nothing: several may answer at once */
  isReadOnly: boolean;
};

export const thresholds = { clarify: 0.6, serve: 0.8 } as const;
/** So many answer at once at most (R2.4). */
const MOST_AT_ONCE = 3;
/** One that acts and is this unlikely stands in nobody's way. */
const UNLIKELY = 0.1;

export type Decision = {
  outcome: "serve" | "clarify" | "handoff";
  reason: string;
  clusterId: string | undefined;
  chosen: Candidate | undefined;
  margin: number;
  threshold: number;
  /** who answers, the chosen one first */
  fanOut: Candidate[];
};

/**
 * The rules of both phases (R2.3 to R2.5), pure: an unsure cluster is asked about, a sure leaf serves, and whatever is in
 * between goes to people of the cluster.
 * @param clusters best first
 * @param standings best first
 * @param doubt why it is asked about however likely it looks
 */
export function decide(
  clusters: readonly { clusterId: string; score: number }[],
  standings: readonly Standing[],
  doubt?: string,
): Decision {
  const nothing = { clusterId: undefined, chosen: undefined, margin: 0, threshold: thresholds.serve, fanOut: [] };
  if (doubt !== undefined) return { ...nothing, outcome: "clarify", reason: doubt };
  const [cluster] = clusters;
  if (cluster === undefined || cluster.score < thresholds.clarify) {
    const score = (cluster?.score ?? 0).toFixed(2);
    return {
      ...nothing,
      outcome: "clarify",
      reason: `no cluster is likely enough (${score}, ${thresholds.clarify} is needed)`,
    };
  }
  const { clusterId } = cluster;
  const able = standings.filter(
    (one) => one.clusterId === clusterId && (one.status === "active" || one.status === "degraded"),
  );
  const healthy = able.filter(({ status }) => status === "active");
  const serving = healthy.find(isSure) ?? able.find(isSure);
  const [best, second] = able;
  const margin = (best?.score ?? 0) - (second?.score ?? 0);
  if (serving !== undefined) {
    const reason = `it is the likeliest of the fleet for this (${serving.score.toFixed(2)})`;
    return {
      outcome: "serve",
      reason,
      clusterId,
      chosen: bare(serving),
      margin,
      threshold: thresholdOf(serving),
      fanOut: [bare(serving)],
    };
  }
  const together = ambiguous(healthy);
  if (together !== undefined) {
    const [chosen] = together;
    const reason = `${together.length} readings of this are likely, and reading harms nobody`;
    const fanOut = together.map(bare);
    return {
      outcome: "serve",
      reason,
      clusterId,
      chosen: chosen && bare(chosen),
      margin,
      threshold: thresholds.serve,
      fanOut,
    };
  }
  const score = (best?.score ?? 0).toFixed(2);
  const threshold = best === undefined ? thresholds.serve : thresholdOf(best);
  const reason = `No agent of the cluster is sure enough (${score}, ${threshold.toFixed(2)} is needed).`;
  return { outcome: "handoff", reason, clusterId, chosen: undefined, margin, threshold, fanOut: [] };
}

/** The best few that only read and together are likely enough to be served: reading one too many harms nobody (R2.4). */
function ambiguous(healthy: readonly Standing[]): Standing[] | undefined {
  const together: Standing[] = [];
  let sum = 0;
  for (const one of healthy) {
    if (!one.isReadOnly) {
      // One that acts among the best: a person must say what is meant.
      if (one.score >= UNLIKELY) return undefined;
      continue;
    }
    together.push(one);
    sum += one.score;
    if (sum >= thresholds.serve) return together;
    if (together.length === MOST_AT_ONCE) return undefined;
  }
  return undefined;
}

const thresholdOf = ({ confidenceThreshold }: Standing): number => Math.max(thresholds.serve, confidenceThreshold);
const isSure = (one: Standing): boolean => one.score >= thresholdOf(one);

function bare({ agentId, displayName, clusterId, intent, score, matched, why }: Standing): Candidate {
  return { agentId, displayName, clusterId, intent, score, matched, why };
}
