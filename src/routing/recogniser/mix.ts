import type { Hit } from "../opinion.ts";
import { ENOUGH_TOLD, type Evidence, MOST_MARGIN, oddsOf, type Signals } from "./evidence.ts";

/** What another service finds alike, by intent: the greatest similarity, and the document that has it. */
export type Opinion = ReadonlyMap<number, { similarity: number; document: number }>;

/** How the own scores and another service's similarities are added up: `scale · score + weight · similarity`. */
export type Mix = { scale: number; weight: number };

/** A case of which the right intent is known, to learn a mix from. */
export type Told = { scores: readonly number[]; similarities: readonly number[]; right: number };

const MOST_INTENTS = 12;
/** So many documents say enough about the intents. */
export const MOST_HITS = 50;

/** @param labelOf the intent of a document; undefined where it does not count, as if it had not been found */
export function opinionOf(hits: readonly Hit[], labelOf: (document: number) => number | undefined): Opinion {
  const found = new Map<number, { similarity: number; document: number }>();
  let counted = 0;
  for (const { document, similarity } of hits) {
    const label = labelOf(document);
    if (label === undefined) continue;
    counted += 1;
    if (counted > MOST_HITS) break;
    const before = found.get(label);
    if (before === undefined && found.size === MOST_INTENTS) continue;
    if (before === undefined || before.similarity < similarity) found.set(label, { similarity, document });
  }
  return found;
}

const ROUNDS = 200;
const RATE = 0.5;

/**
 * The mix under which the right intents are likeliest: multinomial logistic regression with two weights, by gradient descent
 * over standardised inputs. Neither may be negative: no source speaks against itself.
 */
export function learnMix(cases: readonly Told[]): Mix {
  const spread = (of: (one: Told) => readonly number[]): number => {
    const leads = cases.flatMap((one) => of(one).map((value) => value - (of(one)[one.right] ?? 0)));
    return Math.sqrt(leads.reduce((sum, lead) => sum + lead * lead, 0) / Math.max(1, leads.length)) || 1;
  };
  const bySpread = { scores: spread(({ scores }) => scores), similarities: spread(({ similarities }) => similarities) };
  let scale = 1;
  let weight = 1;
  for (let round = 0; round < ROUNDS; round += 1) {
    let forScale = 0;
    let forWeight = 0;
    for (const { scores, similarities, right } of cases) {
      const odds = oddsOf(
        scores.map(
          (score, k) => (scale * score) / bySpread.scores + (weight * (similarities[k] ?? 0)) / bySpread.similarities,
        ),
      );
      odds.forEach((odd, k) => {
        const error = (k === right ? 1 : 0) - odd;
        forScale += (error * (scores[k] ?? 0)) / bySpread.scores;
        forWeight += (error * (similarities[k] ?? 0)) / bySpread.similarities;
      });
    }
    scale = Math.max(0, scale + (RATE * forScale) / Math.max(1, cases.length));
    weight = Math.max(0, weight + (RATE * forWeight) / Math.max(1, cases.length));
  }
  return { scale: scale / bySpread.scores, weight: weight / bySpread.similarities };
}

/** Below this coverage most of what a text says was never seen: another language, or other words for everything. */
const LITTLE_COVERED = 0.5;

/** Does the other service know the text, and the own model next to nothing of it? Then its own scores are no evidence of anything. */
export const isForeign = ({ coverage }: Evidence, opinion: Opinion): boolean =>
  coverage < LITTLE_COVERED && opinion.size > 0;

/** The evidence as if the own model had not been asked. */
export const silenced = (evidence: Evidence): Evidence => ({
  ...evidence,
  scores: evidence.scores.map(() => 0),
  none: 0,
});

/** The evidence with the other service's opinion added: in the order, and in the scores. */
function mixed(evidence: Evidence, opinion: Opinion, { scale, weight }: Mix): Evidence {
  const similarity = (label: number): number => opinion.get(label)?.similarity ?? 0;
  const order = evidence.labels
    .map((label, i) => ({ label, score: scale * (evidence.scores[i] ?? 0) + weight * similarity(label) }))
    .sort((a, b) => b.score - a.score);
  const first = order[0]?.label ?? 0;
  return {
    ...evidence,
    labels: order.map(({ label }) => label),
    scores: order.map(({ score }) => score),
    none: scale * evidence.none,
    nearest: opinion.get(first)?.document ?? (first === evidence.labels[0] ? evidence.nearest : undefined),
  };
}

/** As `signalsOf`, with what the other service says beside it. `evidence`: as it was before it was mixed. */
export function signalsWith(evidence: Evidence, opinion: Opinion, mix: Mix): Signals & { after: Evidence } {
  const after = mixed(evidence, opinion, mix);
  const [first = 0, second = Number.NEGATIVE_INFINITY] = after.scores;
  const label = after.labels[0] ?? 0;
  const own = evidence.scores[evidence.labels.indexOf(label)] ?? 0;
  const nearest = opinion.get(label)?.similarity ?? 0;
  const others = [...opinion].filter(([other]) => other !== label).map(([, { similarity }]) => similarity);
  const lead = nearest - Math.max(0, ...others);
  const margin = Math.min(first - second, MOST_MARGIN);
  return {
    after,
    forScope: [
      margin,
      own * evidence.coverage,
      own - evidence.none,
      nearest,
      lead,
      Math.min(evidence.told, ENOUGH_TOLD),
    ],
    forRight: [margin, oddsOf(after.scores)[0] ?? 0, nearest, lead],
  };
}
