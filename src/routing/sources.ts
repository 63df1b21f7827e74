import type { Config } from "../config.ts";
import type { Queryable } from "../store/pool.ts";
import type { Log } from "../telemetry/log.ts";
import { azureCredential, foundryTokens } from "./azure-credential.ts";
import { createEmbedder } from "./embedding/embedder.ts";
import { embeddingSource } from "./embedding/source.ts";
import type { OpenSource } from "./opinion.ts";
import { searchSource } from "./search/source.ts";

/** Who else is asked what a text means, as configured: the search service, which uses the vectors of the endpoint, or the endpoint alone. */
export function openSource(
  config: Pick<Config, "routing" | "teams">,
  ports: { pool: Queryable; log: Log },
): OpenSource | undefined {
  const { embedding, search } = config.routing;
  const { pool: db, log } = ports;
  const credential = azureCredential(config.teams);
  const embedder = embedding && createEmbedder(embedding, { db, token: foundryTokens(credential) });
  if (search !== undefined) return searchSource(search, { credential, embedder, log });
  return embedder && embeddingSource(embedder, log);
}
