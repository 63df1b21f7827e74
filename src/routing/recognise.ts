import { thresholds } from "./decide.ts";
import type { Lessons } from "./recogniser/lessons.ts";
import type { Opinion } from "./recogniser/mix.ts";
import { type Judgement, modelOf, type Trained } from "./recogniser/model.ts";
import { proposerFor, SHORTLIST } from "./recogniser/propose.ts";
import { settled, verbatimIn } from "./verbatim.ts";

/** What was recognised in a text, and how. */
export type Recognised = Judgement & {
  /** the intents that the word index proposed, best first */
  shortlist: number[];
  /** they were not enough to be sure, and all intents were judged */
  isWidened: boolean;
  /** the likeliest was not among the proposed */
  isMissed: boolean;
};
export type Recogniser = {
  /** @param opinion what another service finds alike */
  recognise(text: string, opinion?: Opinion): Recognised;
};

/** Below this lead over the second the proposed are not trusted to hold all that comes into question. */
const SMALL_LEAD = 0.2;

/**
 * Phase 1: words that people have settled are settled. Of others the word index proposes some, and the model judges these, and
 * all intents where that leaves a doubt. The only way
 * in which turns are recognised, and measured.
 */
export function createRecogniser(
  trained: Trained,
  lessons: Pick<Lessons, "documents" | "counterExamples" | "intents"> & Partial<Pick<Lessons, "background">>,
): Recogniser {
  const model = modelOf(trained);
  const proposer = proposerFor(lessons.documents, lessons.intents);
  const verbatim = verbatimIn(lessons);
  // A lead over one or two others says nothing of those with whom no word is shared: fewer than could be proposed are no contest.
  const enough = Math.min(SHORTLIST, lessons.intents);
  return {
    recognise(text, opinion) {
      const shortlist = proposer.few(text);
      const reading = model.read(text);
      const said = verbatim(text);
      if (said !== undefined) {
        const judged = settled(reading.judge(proposer.all(text), opinion), said);
        return {
          ...judged,
          shortlist,
          isWidened: false,
          isMissed: !shortlist.includes(judged.intents[0]?.label ?? -1),
        };
      }
      if (shortlist.length === enough) {
        const judged = reading.judge(shortlist, opinion);
        const [first, second] = judged.intents;
        const lead = (first?.score ?? 0) - (second?.score ?? 0);
        if ((first?.score ?? 0) >= thresholds.serve && lead >= SMALL_LEAD)
          return { ...judged, shortlist, isWidened: false, isMissed: !shortlist.includes(first?.label ?? -1) };
      }
      const judged = reading.judge(proposer.all(text), opinion);
      const isMissed = !shortlist.includes(judged.intents[0]?.label ?? -1);
      return { ...judged, shortlist, isWidened: true, isMissed };
    },
  };
}
