import type { EmbeddingService } from "../../config.ts";
import { call } from "../service/call.ts";
import type { Service } from "../service/failure.ts";
import { readVectors } from "./answer.ts";

/** A vector of 4,096 numbers takes 90 kB as JSON. */
const BYTES_PER_VECTOR = 200_000;
const BYTES_AROUND = 100_000;

/** An endpoint that understands POST {url}/embeddings: OpenAI, Azure AI Foundry (/openai/v1), Ollama (/v1), Foundry Local. */
export type Endpoint = {
  service: Service;
  /**
   * Asks for the vectors of texts, none of them empty: one request.
   * @returns one for each, each of length 1
   * @throws OpinionError; the reason of `signal`
   */
  vectors(
    texts: readonly string[],
    options: { maxMs: number; signal?: AbortSignal | undefined; isPersonal: boolean },
  ): Promise<Float32Array[]>;
};

/** @param token an access token of Entra; asked for where the service is Azure's and has no key */
export function openEndpoint(config: EmbeddingService, token: () => Promise<string>): Endpoint {
  const service: Service = {
    title: "The embedding endpoint",
    url: config.url,
    settings: {
      address: "SIGNALBOX_EMBEDDING_URL",
      key: "SIGNALBOX_EMBEDDING_KEY",
      part: "SIGNALBOX_EMBEDDING_MODEL",
    },
  };
  return {
    service,
    vectors: async (texts, { maxMs, signal, isPersonal }) => {
      const { text } = await call(service, {
        url: `${config.url}/embeddings`,
        method: "POST",
        headers: { "content-type": "application/json", ...(await credentials(config, token)) },
        body: JSON.stringify({ model: config.model, input: texts }),
        maxBytes: BYTES_AROUND + texts.length * BYTES_PER_VECTOR,
        ...{ maxMs, signal, isPersonal },
      });
      return readVectors(service, text, texts.length);
    },
  };
}

async function credentials(
  { key, signIn }: EmbeddingService,
  token: () => Promise<string>,
): Promise<Record<string, string>> {
  switch (signIn) {
    case "none":
      return {};
    case "entra":
      return { authorization: `Bearer ${await token()}` };
    case "api-key":
      return { "api-key": key ?? "" };
    case "bearer":
      return { authorization: `Bearer ${key ?? ""}` };
  }
}
