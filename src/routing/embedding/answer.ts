import { z } from "zod";
import { OpinionError, type Service } from "../service/failure.ts";

/** What we use of the answer to POST /embeddings (OpenAI API). */
const Answer = z.object({
  data: z.array(z.object({ index: z.number().int().min(0), embedding: z.array(z.number()).min(1) })),
});

/**
 * The vectors of an answer, one for each text in the order of the texts, each of length 1.
 * @throws OpinionError "nonsense" where it is not an answer to what was asked
 */
export function readVectors(service: Service, text: string, wanted: number): Float32Array[] {
  const nonsense = (why: string, cause?: unknown): OpinionError =>
    new OpinionError(
      "nonsense",
      `${service.title} ${service.url} gives an answer that cannot be used: ${why}. Check ${service.settings.address} and ${service.settings.part}.`,
      { cause },
    );
  const parsed = Answer.safeParse(parse(text));
  if (!parsed.success) throw nonsense("it is not a list of embeddings", parsed.error);
  const vectors: (Float32Array | undefined)[] = new Array(wanted).fill(undefined);
  for (const { index, embedding } of parsed.data.data) {
    if (index >= wanted || vectors[index] !== undefined)
      throw nonsense(`text ${index} was not asked for, or twice given`);
    const vector = unit(embedding);
    if (vector === undefined) throw nonsense(`the vector of text ${index} has no direction`);
    vectors[index] = vector;
  }
  const complete = vectors.filter((vector) => vector !== undefined);
  if (complete.length < wanted) throw nonsense(`it has ${complete.length} vectors for ${wanted} texts`);
  if (new Set(complete.map(({ length }) => length)).size > 1) throw nonsense("its vectors have different lengths");
  return complete;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unit(numbers: readonly number[]): Float32Array | undefined {
  let squares = 0;
  for (const number of numbers) squares += number * number;
  const length = Math.sqrt(squares);
  if (!(length > 0) || !Number.isFinite(length)) return undefined;
  return Float32Array.from(numbers, (number) => number / length);
}
