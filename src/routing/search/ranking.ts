import type { Log } from "../../telemetry/log.ts";
import { OpinionError, type Service } from "../service/failure.ts";

/**
 * How the service ranks. `meaning`: words and vectors propose, the semantic ranker judges. `words`: the words alone, since the
 * scores of words and vectors together tell places only, which cannot be compared between texts.
 */
export type Ranking = "meaning" | "words";

const BEST_MEANING = 4;
/** The score of words has no upper end; one of this size counts for a half. */
const HALF = 4;

/** @returns 0 to 1; undefined where the wanted score is missing */
export function similarityOf(
  { score, rerankerScore }: { score: number; rerankerScore?: number | null | undefined },
  ranking: Ranking,
): number | undefined {
  if (ranking === "words") return score <= 0 ? 0 : score / (score + HALF);
  return rerankerScore == null ? undefined : Math.min(1, Math.max(0, rerankerScore / BEST_MEANING));
}

/** Does a service rank by meaning? For as long as a source is open it ranks in one way: scores of two kinds cannot be compared. */
export async function rankingOf(
  log: Log,
  service: Service,
  tryOut: (ranking: Ranking) => Promise<unknown>,
): Promise<Ranking> {
  try {
    await tryOut("meaning");
    return "meaning";
  } catch (error) {
    // A service without the ranker, or whose free queries are used up, refuses this and nothing else.
    if (!(error instanceof OpinionError) || (error.kind !== "refused" && error.kind !== "denied")) throw error;
    await tryOut("words");
    log.warn(
      { error: error.message },
      `${service.url} does not rank by meaning, so it ranks by words: enable its semantic ranker, or set SIGNALBOX_SEARCH_SEMANTIC=off`,
    );
    return "words";
  }
}
