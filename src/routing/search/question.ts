import type { SearchClient, SearchOptions } from "@azure/search-documents";
import { z } from "zod";
import { OpinionError, type Service } from "../service/failure.ts";
import { SEMANTIC, type VectorField } from "./definition.ts";
import { plain } from "./document.ts";
import { type Ranking, similarityOf } from "./ranking.ts";
import { understood } from "./understood.ts";

export type Found = {
  /** the document's key */
  key: string;
  /** 0 to 1 */
  similarity: number;
}[];

/** So many are judged by the semantic ranker. */
const JUDGED = 50;

const Result = z.object({
  score: z.number(),
  rerankerScore: z.number().nullish(),
  document: z.object({ key: z.string() }),
});

type Question = {
  words: string;
  ranking: Ranking;
  /** the vector of the text, where there is one */
  look: { field: VectorField; numbers: Float32Array } | undefined;
  signal: AbortSignal | undefined;
};

/**
 * Asks one question.
 * @returns best first
 * @throws OpinionError; the reason of `signal`
 */
export async function askIndex(client: SearchClient<object>, service: Service, question: Question): Promise<Found> {
  const { ranking, signal } = question;
  const words = withoutOperators(question.words);
  if (words === "") return [];
  const found = await understood(
    service,
    async () => {
      const read: unknown[] = [];
      const page = await client.search(words, optionsFor(question));
      for await (const result of page.results) {
        read.push(result);
        // What follows would be another page.
        if (read.length === JUDGED) break;
      }
      return read;
    },
    signal,
  );
  return found.map((result) => read(service, result, ranking)).sort((a, b) => b.similarity - a.similarity);
}

function optionsFor({ ranking, look, signal }: Question): SearchOptions<object> {
  const both = {
    ...{ select: ["key"], searchFields: ["utterance"], top: JUDGED },
    ...(signal === undefined ? {} : { abortSignal: signal }),
  };
  if (ranking === "words") return both;
  const query = look && {
    ...{ kind: "vector" as const, vector: plain(look.numbers), fields: [look.field.name] },
    kNearestNeighborsCount: JUDGED,
  };
  return {
    ...both,
    queryType: "semantic",
    // Where the ranker fails there shall be an error, not scores of another kind.
    semanticSearchOptions: { configurationName: SEMANTIC, errorMode: "fail" },
    ...(query === undefined ? {} : { vectorSearchOptions: { queries: [query] } }),
  };
}

function read(service: Service, result: unknown, ranking: Ranking): Found[number] {
  const parsed = Result.safeParse(result);
  const similarity = parsed.success ? similarityOf(parsed.data, ranking) : undefined;
  if (parsed.success && similarity !== undefined) return { key: parsed.data.document.key, similarity };
  const what =
    ranking === "meaning"
      ? "the score of its semantic ranker. Look at its health, or set SIGNALBOX_SEARCH_SEMANTIC=off"
      : `keys and scores. Check ${service.settings.part}`;
  throw new OpinionError("nonsense", `${service.title} ${service.url} answers without ${what}.`);
}

/** People do not mean "not" by a dash: what the query language knows is taken out. */
function withoutOperators(text: string): string {
  return text
    .replaceAll(/[+|"()*~\\-]/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
}
