import type { SearchService } from "../../config.ts";
import type { Log } from "../../telemetry/log.ts";
import type { TokenCredential } from "../azure-credential.ts";
import type { Embedder } from "../embedding/embedder.ts";
import type { Hit, SourceDocument } from "../opinion.ts";
import type { Service } from "../service/failure.ts";
import { patiently } from "../service/patience.ts";
import { type VectorField, vectorField } from "./definition.ts";
import { indexDocument } from "./document.ts";
import { cappedClient, type HttpClient } from "./http-client.ts";
import { keepInStep } from "./in-step.ts";
import { openClients, prepareIndex } from "./open-index.ts";
import { askIndex } from "./question.ts";
import { type Ranking, rankingOf } from "./ranking.ts";

export type SearchPorts = {
  credential: TokenCredential;
  /** its vectors are searched too */
  embedder: Embedder | undefined;
  log: Log;
  /** the first pause before work that nobody waits for is tried again */
  backoffMs?: number;
  /** how the SDK sends its requests */
  httpClient?: HttpClient;
};

/** An index that is in step with the registered texts. */
export type Finder = {
  /** another one where the same words may be answered otherwise */
  version: string;
  ranking: Ranking;
  /** whose vectors it searches; undefined where it searches words alone */
  embedder: Embedder | undefined;
  /** @param look the vector of the words */
  find(
    words: string,
    look: Float32Array | undefined,
    options: { most: number; signal: AbortSignal | undefined },
  ): Promise<Hit[]>;
};

/**
 * Makes the index where it is missing, brings it in step, and sees how it ranks.
 * @throws OpinionError; the reason of `signal`
 */
export async function openFinder(
  config: SearchService,
  ports: SearchPorts,
  documents: readonly SourceDocument[],
  signal?: AbortSignal,
): Promise<Finder> {
  const { log, backoffMs = 500 } = ports;
  const service = serviceOf(config);
  const httpClient = ports.httpClient ?? cappedClient(service);
  const clients = await openClients(config, { credential: ports.credential, httpClient });
  const { documents: client, newBatch } = clients;
  // Words are ranked without vectors: see Ranking.
  const embedder = config.semantic ? ports.embedder : undefined;
  const { field, vectors } = await vectorsFor(embedder, documents, signal);
  await prepareIndex(clients.indexes, service, { name: config.index, vector: field, backoffMs, signal });
  const indexed = documents.map((document, i) => {
    const numbers = vectors[i];
    return indexDocument(document, field && numbers && { field, numbers });
  });
  // A registry that could not be read must not empty the index.
  if (indexed.length > 0) {
    const changed = await keepInStep(client, indexed, { service, backoffMs, newBatch, signal });
    if (changed.added + changed.removed > 0)
      log.info({ index: config.index, ...changed }, "the search index follows the registry");
  }
  const places = new Map(indexed.map(({ key }, place) => [key, place]));

  const ask = (words: string, ranking: Ranking, look?: Float32Array, until?: AbortSignal) => {
    const usable = field !== undefined && look?.length === field.width ? { field, numbers: look } : undefined;
    return askIndex(client, service, { words, ranking, look: usable, signal: until });
  };
  const tryOut = (by: Ranking) => patiently(() => ask("hello", by), { backoffMs, signal });
  const ranking = config.semantic ? await rankingOf(log, service, tryOut) : "words";
  return {
    version: [config.endpoint, config.index, ranking, field?.name ?? ""].join(" "),
    ranking,
    embedder: ranking === "meaning" ? embedder : undefined,
    find: async (words, look, options) => {
      const found = await ask(words, ranking, look, options.signal);
      // The index may hold what another process of the fleet, which is ahead or behind, knows.
      const hits = found.flatMap(({ key, similarity }) => {
        const document = places.get(key);
        return document === undefined ? [] : [{ document, similarity }];
      });
      return hits.slice(0, options.most);
    },
  };
}

function serviceOf(config: SearchService): Service {
  return {
    title: "The search service",
    url: config.endpoint,
    settings: {
      address: "SIGNALBOX_SEARCH_ENDPOINT",
      key: "SIGNALBOX_SEARCH_KEY",
      part: "SIGNALBOX_SEARCH_INDEX",
    },
  };
}

async function vectorsFor(
  embedder: Embedder | undefined,
  documents: readonly SourceDocument[],
  signal: AbortSignal | undefined,
): Promise<{ field: VectorField | undefined; vectors: readonly (Float32Array | undefined)[] }> {
  const vectors =
    (await embedder?.registeredVectors(
      documents.map(({ text }) => text),
      signal,
    )) ?? [];
  const width = vectors.find((vector) => vector !== undefined)?.length;
  const field = embedder === undefined || width === undefined ? undefined : vectorField(embedder.space, width);
  return { field, vectors };
}
