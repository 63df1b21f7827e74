import type { Config } from "../config.ts";
import type { Queryable } from "../store/pool.ts";
import type { Log } from "../telemetry/log.ts";
import { azureCredential, foundryTokens } from "./azure-credential.ts";
import { createEmbedder } from "./embedding/embedder.ts";
import { embeddingSource } from "./embedding/source.ts";
import type { OpenSource } from "./opinion.ts";
import { searchSource } from "./search/source.ts";

/** Who else is asked what a text means, as configured; nobody is where nothing is. */
export function openSources(
  config: Pick<Config, "routing" | "teams">,
  ports: { pool: Queryable; log: Log },
): OpenSource[] {
  const { embedding, search } = config.routing;
  const { pool: db, log } = ports;
  const credential = azureCredential(config.teams);
  const embedder = embedding && createEmbedder(embedding, { db, token: foundryTokens(credential) });
  return [
    ...(embedder === undefined ? [] : [embeddingSource(embedder, log)]),
    ...(search === undefined ? [] : [searchSource(search, { credential, embedder, log })]),
  ];
}
