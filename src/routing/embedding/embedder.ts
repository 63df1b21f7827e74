import type { EmbeddingService } from "../../config.ts";
import type { Queryable } from "../../store/pool.ts";
import { OpinionError } from "../service/failure.ts";
import { eachOf, patiently } from "../service/patience.ts";
import { createRecent } from "../service/recent.ts";
import { createShare } from "../service/shared.ts";
import { wordingOf } from "../service/wording.ts";
import { type Endpoint, openEndpoint } from "./endpoint.ts";
import { forgetSpace, keepVectors, markUsed, readVectors, removeUnused } from "./store.ts";

/** Vectors of length 1, for texts that people write and for texts that are registered; undefined for a text without content. */
export type Embedder = {
  /** "text-embedding-3-small" */
  model: string;
  /** names what can be compared: model and endpoint */
  space: string;
  /**
   * Of what somebody writes: remembered for a while in this process only.
   * @throws OpinionError; the reason of `signal`
   */
  vectorOf(text: string, signal?: AbortSignal): Promise<Float32Array | undefined>;
  /** Of texts that stay: kept in the database, and asked for only where they are missing. An error where that failed. */
  vectorsOf(texts: readonly string[], signal?: AbortSignal): Promise<(Float32Array | OpinionError | undefined)[]>;
  /**
   * Of all registered texts. Sees first whether the model is still the one whose vectors are kept, and clears away what nobody
   * uses any more.
   * @throws OpinionError; the reason of `signal`
   */
  registeredVectors(texts: readonly string[], signal?: AbortSignal): Promise<(Float32Array | undefined)[]>;
};

const ASK_MS = 10_000;
const BATCH_MS = 60_000;
const BATCH = 128;
const AT_ONCE = 2;
const REMEMBERED = 500;
const KEEP_DAYS = 90;
/** Endpoints do not give quite the same twice; another model gives something else altogether. */
const SAME = 0.98;
/** One of so many is kept, where any is: the first of a registry may be new. */
const LOOKED_AT = 500;

/** @param ports.token an access token of Entra, where the service wants one */
export function createEmbedder(
  config: EmbeddingService,
  ports: { db: Queryable; token: () => Promise<string>; backoffMs?: number },
): Embedder {
  const { db, backoffMs = 500 } = ports;
  const endpoint = openEndpoint(config, ports.token);
  const space = `${config.model} @ ${config.url}`;
  const remembered = createRecent<Float32Array>(REMEMBERED);
  // Several sources ask for the vector of the same text in the same turn.
  const share = createShare<Float32Array | undefined>();

  const vectorsOf: Embedder["vectorsOf"] = async (texts, signal) => {
    const wordings = texts.map(wordingOf);
    const distinct = distinctOf(wordings);
    const kept = await readVectors(db, space, distinct);
    const known = new Map<string, Float32Array | OpinionError | undefined>(distinct.map((one, i) => [one, kept[i]]));
    const batches = inBatches(distinct.filter((_, i) => kept[i] === undefined));
    const ask = async (batch: readonly string[]): Promise<void> => {
      const options = { maxMs: BATCH_MS, signal, isPersonal: false };
      const vectors = await patiently(() => endpoint.vectors(batch, options), { backoffMs, signal });
      await keepVectors(db, space, batch, vectors);
      batch.forEach((wording, i) => {
        known.set(wording, vectors[i]);
      });
    };
    const outcomes = await eachOf(batches, AT_ONCE, ask, signal);
    outcomes.forEach((outcome, i) => {
      if (outcome instanceof OpinionError) for (const wording of batches[i] ?? []) known.set(wording, outcome);
    });
    return wordings.map((wording) => known.get(wording));
  };

  // One after the other: sources over the same texts are opened together, and the second finds what the first was given.
  let last: Promise<unknown> = Promise.resolve();
  return {
    model: config.model,
    space,
    vectorOf: async (text, signal) => {
      const wording = wordingOf(text);
      if (wording === "") return undefined;
      const before = remembered.get(wording);
      if (before !== undefined) return before;
      return share(wording, signal, async (until) => {
        const options = { maxMs: ASK_MS, signal: until, isPersonal: true };
        const [vector] = await endpoint.vectors([wording], options);
        if (vector !== undefined) remembered.set(wording, vector);
        return vector;
      });
    },
    vectorsOf,
    registeredVectors: (texts, signal) => {
      const forget = async (): Promise<void> => {
        await forgetSpace(db, space);
        remembered.clear();
      };
      const allVectors = async (): Promise<(Float32Array | undefined)[]> =>
        (await vectorsOf(texts, signal)).map((vector) => {
          if (vector instanceof OpinionError) throw vector;
          return vector;
        });
      const work = async (): Promise<(Float32Array | undefined)[]> => {
        signal?.throwIfAborted();
        const used = distinctOf(texts.map(wordingOf));
        if (await isAnotherModel(endpoint, db, space, used, signal)) await forget();
        let vectors = await allVectors();
        // The model was exchanged between one answer and the next: what is kept of the former cannot be compared.
        if (hasWidths(vectors) > 1) {
          await forget();
          vectors = await allVectors();
        }
        await markUsed(db, space, used);
        await removeUnused(db, KEEP_DAYS);
        return vectors;
      };
      const done = last.then(work, work);
      last = done.catch(() => {});
      return done;
    },
  };
}

/**
 * A deployment can get another model under the same name, whose vectors have nothing to do with those that are kept. One text is
 * asked for anew; when that fails, what is kept may still be good.
 */
async function isAnotherModel(
  endpoint: Endpoint,
  db: Queryable,
  space: string,
  texts: readonly string[],
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const vectors = await readVectors(db, space, texts.slice(0, LOOKED_AT));
  const at = vectors.findIndex((vector) => vector !== undefined);
  const [kept, text] = [vectors[at], texts[at]];
  if (kept === undefined || text === undefined) return false;
  try {
    const [given] = await endpoint.vectors([text], { maxMs: ASK_MS, signal, isPersonal: false });
    return given !== undefined && cosine(kept, given) < SAME;
  } catch (error) {
    if (error instanceof OpinionError) return false;
    throw error;
  }
}

/** 0 where they cannot be compared */
function cosine(one: Float32Array, other: Float32Array): number {
  return one.length === other.length ? one.reduce((sum, number, i) => sum + number * (other[i] ?? 0), 0) : 0;
}

const hasWidths = (vectors: readonly (Float32Array | undefined)[]): number =>
  new Set(vectors.flatMap((vector) => vector?.length ?? [])).size;

const distinctOf = (wordings: readonly string[]): string[] => [...new Set(wordings)].filter((one) => one !== "");

function inBatches(texts: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(texts.length / BATCH) }, (_, n) => texts.slice(n * BATCH, (n + 1) * BATCH));
}
