import { type Evidence, type Signals, signalsOf } from "./evidence.ts";
import { type Known, learn, termsOfAll } from "./learn.ts";
import type { Document, Lessons } from "./lessons.ts";
import { type Opinion, opinionOf } from "./mix.ts";
import { lookerOf } from "./model.ts";
import { proposerFor } from "./propose.ts";
import { randomFrom, shuffle } from "./rounds.ts";

/** What a fold says of texts that it had not seen. */
export type Cases = { inside: (Seen & { isRight: boolean })[]; near: Seen[]; far: Seen[] };
export type Seen = Signals & { heard?: Heard };
/** A case with another service's opinion. `wanted`: the right intent; undefined where none is. */
export type Heard = { evidence: Evidence; opinion: Opinion; wanted: number | undefined };

/** So many held-out texts say enough. */
const ENOUGH = 4_000;
/** Fewer documents than this are held out in smaller parts: what is left is then nearer to the whole. */
const FEW = 1_500;

/** In so many folds it learns from its own mistakes how sure it may be. */
const foldsFor = ({ documents }: Pick<Lessons, "documents">): number => (documents.length < FEW ? 8 : 4);

/** Of many documents half of the folds say as much as all of them would. */
const MANY = 8_000;
export const foldsJudged = (lessons: Pick<Lessons, "documents">): number =>
  lessons.documents.length < MANY ? foldsFor(lessons) : foldsFor(lessons) / 2;

/**
 * One fold: some intents are held out whole (they are out of scope then), and some utterances of the others, and some of the
 * background; then all of these are judged.
 */
export function judgeFold(lessons: Lessons, fold: number): Cases {
  const { intents, seed } = lessons;
  const { known, others } = termsOfAll(lessons);
  const folds = foldsFor(lessons);
  const heldOut = foldsOf(intents, folds, seed);
  const place = places(known, folds);
  const isOut = ({ label }: Document): boolean => heldOut[label] === fold;
  const isTest = (i: number): boolean => place[i] === fold;
  const kept = known.filter((one, i) => !isOut(one) && !isTest(i));
  const looker = lookerOf(learn([...kept, ...others.filter((_, i) => i % folds !== fold)], lessons));
  const proposer = proposerFor(kept, intents);
  const isKept = known.map((one, i) => !isOut(one) && !isTest(i));
  const labelOf = (document: number): number | undefined => (isKept[document] ? known[document]?.label : undefined);
  // Held-out intents have no documents here: they are never proposed.
  const seen = (one: Known, wanted: number | undefined): Seen & { label: number | undefined } => {
    const look = looker.look(one.terms);
    const evidence = looker.at(look, proposer.all(one.text));
    const plain = { ...signalsOf(evidence), label: evidence.labels[0] };
    if (one.hits === undefined) return plain;
    const opinion = opinionOf(one.hits, labelOf);
    // All that was found is held out: what else there is, nobody knows.
    if (opinion.size === 0 && one.hits.length > 0) return plain;
    const among = [...new Set([...proposer.all(one.text), ...opinion.keys()])];
    return { ...plain, heard: { evidence: looker.at(look, among, new Set(opinion.keys())), opinion, wanted } };
  };
  const every = Math.max(1, Math.round(known.length / ENOUGH));
  const cases: Cases = { inside: [], near: [], far: [] };
  known.forEach((one, i) => {
    if (!one.isExample) return;
    if (isOut(one)) {
      if (i % every === 0) cases.near.push(seen(one, undefined));
    } else if (isTest(i)) {
      const signals = seen(one, one.label);
      cases.inside.push({ ...signals, isRight: signals.label === one.label });
    }
  });
  others.forEach((one, i) => {
    if (i % folds === fold) (one.isNear ? cases.near : cases.far).push(seen(one, undefined));
  });
  return cases;
}

/** Which fold holds out each intent: shuffled, since neighbours in the registry are often alike. */
function foldsOf(intents: number, folds: number, seed: number): Int32Array {
  const order = Int32Array.from({ length: intents }, (_, i) => i);
  shuffle(order, randomFrom(seed));
  const foldOf = new Int32Array(intents);
  order.forEach((label, i) => {
    foldOf[label] = i % folds;
  });
  return foldOf;
}

/** In which fold each utterance is tested: every intent gives some to each. -1: in none. */
function places(documents: readonly Document[], folds: number): number[] {
  const counts = new Map<number, number>();
  return documents.map(({ label, isExample }) => {
    if (!isExample) return -1;
    const count = counts.get(label) ?? 0;
    counts.set(label, count + 1);
    return count % folds;
  });
}
