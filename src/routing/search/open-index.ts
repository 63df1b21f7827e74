import type { SearchClient, SearchIndex, SearchIndexClient } from "@azure/search-documents";
import type { SearchService } from "../../config.ts";
import type { TokenCredential } from "../azure-credential.ts";
import { OpinionError, type Service } from "../service/failure.ts";
import { patiently } from "../service/patience.ts";
import { isOurs, missingIn, type VectorField } from "./definition.ts";
import type { HttpClient } from "./http-client.ts";
import { understood } from "./understood.ts";

const TRIES = 3;

/** The clients of an index and what is needed beside them. The SDK is loaded when it is first needed, since most do without. */
export async function openClients(
  config: SearchService,
  ports: { credential: TokenCredential; httpClient: HttpClient },
) {
  const { AzureKeyCredential, IndexDocumentsBatch, SearchClient, SearchIndexClient } = await import(
    "@azure/search-documents"
  );
  const credential = config.key === undefined ? ports.credential : new AzureKeyCredential(config.key);
  const options = {
    ...{ httpClient: ports.httpClient, audience: audienceOf(config.endpoint) },
    // Only loopback can be http: see the configuration.
    allowInsecureConnection: config.endpoint.startsWith("http:"),
    // Within a turn there is no time to try again, and beside it we do it ourselves.
    retryOptions: { maxRetries: 0 },
  };
  return {
    indexes: new SearchIndexClient(config.endpoint, credential, options),
    documents: new SearchClient<object>(config.endpoint, config.index, credential, options) as SearchClient<object>,
    newBatch: () => new IndexDocumentsBatch<object>(),
  };
}

/** For whom tokens are meant: each cloud has its own. */
function audienceOf(endpoint: string): string {
  const cloud = /\.azure\.(us|cn)$/.exec(new URL(endpoint).hostname)?.[1] ?? "com";
  return `https://search.azure.${cloud}`;
}

/**
 * Makes the index, or adds to it what it lacks. Several processes may do it at once: who comes second looks again.
 * @throws OpinionError, also where the index is not Signalbox's
 */
export async function prepareIndex(
  indexes: SearchIndexClient,
  service: Service,
  options: { name: string; vector: VectorField | undefined; backoffMs: number; signal: AbortSignal | undefined },
): Promise<void> {
  const { name, vector, backoffMs, signal } = options;
  for (let tried = 1; ; tried += 1) {
    const existing = await patiently(() => findIndex(indexes, service, name), { backoffMs, signal });
    if (existing !== undefined && !isOurs(existing)) throw notOurs(service, name);
    const wanted = missingIn(existing, name, vector);
    if (wanted === undefined) return;
    try {
      await patiently(() => understood(service, () => indexes.createOrUpdateIndex(wanted, { onlyIfUnchanged: true })), {
        ...{ backoffMs, signal },
      });
      return;
    } catch (error) {
      const isOvertaken = error instanceof OpinionError && (error.status === 412 || error.status === 409);
      if (!isOvertaken || tried >= TRIES) throw error;
    }
  }
}

async function findIndex(indexes: SearchIndexClient, service: Service, name: string): Promise<SearchIndex | undefined> {
  try {
    const index = await understood(service, () => indexes.getIndex(name));
    // The SDK (13.0.0) gives it as `eTag` and looks for it as `etag`: without this nobody would notice that others were faster.
    const etag = index.etag ?? (index as { eTag?: string }).eTag;
    return { ...index, ...(etag === undefined ? {} : { etag }) };
  } catch (error) {
    if (error instanceof OpinionError && error.status === 404) return undefined;
    throw error;
  }
}

function notOurs(service: Service, name: string): OpinionError {
  return new OpinionError(
    "refused",
    `The index "${name}" of ${service.url} was not made by Signalbox, which deletes what it does not know: nothing was changed. Give another name in ${service.settings.part}.`,
  );
}
