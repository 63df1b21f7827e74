import { createHash } from "node:crypto";
import { setImmediate as letOthers } from "node:timers/promises";
import type { Log } from "../../telemetry/log.ts";
import type { Hit, OpenSource } from "../opinion.ts";
import { OpinionError } from "../service/failure.ts";
import { createTeller } from "../service/teller.ts";
import type { Embedder } from "./embedder.ts";
import { matrixOf, nearestRows } from "./matrix.ts";

/** What an embedding model finds alike: the cosine between the vectors of a text and of every registered text. */
export function embeddingSource(embedder: Embedder, log: Log): OpenSource {
  const name = `embedding:${embedder.model}`;
  const teller = createTeller(log, name);
  return async (documents, signal) => {
    const texts = documents.map(({ text }) => text);
    const vectors = await teller.watch(embedder.registeredVectors(texts, signal));
    const first = vectors.find((vector) => vector !== undefined);
    const width = first?.length ?? 0;
    // A text without content is like nothing.
    const matrix = matrixOf(vectors.map((vector) => vector ?? new Float32Array(width)));

    const nearest = async (vector: Float32Array | undefined, most: number): Promise<Hit[]> => {
      if (vector === undefined || matrix.rows === 0) return [];
      if (vector.length !== width) throw anotherModel(embedder.model, width, vector.length);
      return nearestRows(matrix, vector, most);
    };
    return {
      name,
      // Another model would have given another vector.
      version: createHash("sha256")
        .update(embedder.space)
        .update(Float32Array.from(first ?? []))
        .digest("hex"),
      ask: (text, { most, signal }) =>
        teller.watch(embedder.vectorOf(text, signal).then((vector) => nearest(vector, most))),
      askAll: async (texts, { most, signal }) => {
        const answers: (Hit[] | undefined)[] = [];
        for (const vector of await embedder.vectorsOf(texts, signal)) {
          signal?.throwIfAborted();
          if (vector instanceof OpinionError) {
            teller.failed(vector);
            answers.push(undefined);
          } else answers.push(await nearest(vector, most));
          // Turns go on while thousands of texts are compared.
          await letOthers();
        }
        return answers;
      },
    };
  };
}

function anotherModel(model: string, had: number, has: number): OpinionError {
  return new OpinionError(
    "nonsense",
    `The embedding model ${model} gives ${has} numbers now, and gave ${had} for the registered texts: it is another model under the same name. They are read anew by themselves; where that was not meant, correct SIGNALBOX_EMBEDDING_MODEL.`,
  );
}
