import { createHash } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { z } from "zod";

/** POST {base}/embeddings as OpenAI documents it; what is not documented is refused. */
const Request = z.strictObject({
  model: z.string().min(1),
  input: z.union([z.string().min(1), z.array(z.string().min(1)).min(1).max(2_048)]),
  encoding_format: z.enum(["float"]).optional(),
  dimensions: z.number().int().positive().optional(),
  user: z.string().optional(),
});

type Item = { object: "embedding"; index: number; embedding: unknown };
type Body = { object: "list"; data: Item[]; model: string; usage: { prompt_tokens: number; total_tokens: number } };

/** What one request is answered instead. */
export type Fault =
  | { kind: "status"; status: number; headers?: Record<string, string>; body?: string }
  | { kind: "hang" | "hang-up" | "flood" }
  /** the answer as it would be, changed */
  | { kind: "change"; change: (body: Body) => unknown };

export type EmbeddingServer = {
  /** "http://127.0.0.1:1234/v1" */
  url: string;
  /** every request that was understood, in order */
  asked: { model: string; input: string[]; headers: IncomingHttpHeaders }[];
  /** what every request of some texts meets */
  broken: ((input: readonly string[]) => Fault | undefined) | undefined;
  /** the next requests meet these, one each */
  failWith(...faults: Fault[]): void;
  /** another model answers from now on, under the same name */
  exchangeModel(options: { width?: number; seed?: string }): void;
  stop(): Promise<void>;
};

/**
 * An endpoint whose model knows characters: texts that share many runs of three letters are near each other.
 * @param options.concepts what it knows besides: words, in whichever language, that mean the same as another word
 */
export async function startEmbeddingServer(
  options: { key?: string; width?: number; port?: number; concepts?: Readonly<Record<string, string>> } = {},
): Promise<EmbeddingServer> {
  const asked: EmbeddingServer["asked"] = [];
  const faults: Fault[] = [];
  const model = { width: options.width ?? 256, seed: "" };
  const concepts = new Map(Object.entries(options.concepts ?? {}));
  const meant = (text: string): string => {
    const words = text.toLowerCase().replaceAll(/[\p{L}\p{N}]+/gu, (word) => concepts.get(word) ?? word);
    return words.trim() === "" ? text : words;
  };

  const respond = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const error = (status: number, code: string, message: string) =>
        respond(response, status, { error: { message, type: "invalid_request_error", param: null, code } });
      const { authorization, "api-key": apiKey } = request.headers;
      if (options.key !== undefined && authorization !== `Bearer ${options.key}` && apiKey !== options.key)
        return error(401, "invalid_api_key", `Incorrect API key provided: ${authorization ?? apiKey ?? "none"}`);
      if (request.url !== "/v1/embeddings" || request.method !== "POST")
        return error(404, "unknown_url", `Unknown request URL: ${request.method} ${request.url}`);
      if (request.headers["content-type"] !== "application/json") return error(415, "unsupported", "JSON is wanted");
      const parsed = Request.safeParse(JSON.parse(Buffer.concat(chunks).toString("utf8")));
      if (!parsed.success) return error(400, "invalid_request", parsed.error.message);
      const input = [parsed.data.input].flat();
      asked.push({ model: parsed.data.model, input, headers: request.headers });
      const body: Body = {
        object: "list",
        data: input.map((text, index) => ({ object: "embedding", index, embedding: vectorOf(meant(text), model) })),
        model: parsed.data.model,
        usage: { prompt_tokens: 1, total_tokens: 1 },
      };
      const fault = self.broken?.(input) ?? faults.shift();
      if (fault === undefined) return respond(response, 200, body);
      if (fault.kind === "change") return respond(response, 200, fault.change(body) as object);
      if (fault.kind === "status") return respond(response, fault.status, fault.body ?? "", fault.headers);
      if (fault.kind === "hang-up") return void request.socket.destroy();
      if (fault.kind === "flood") respond(response, 200, " ".repeat(60_000_000));
      return undefined;
    });
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, "127.0.0.1", resolve));
  const self: EmbeddingServer = {
    broken: undefined,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked,
    failWith: (...more) => void faults.push(...more),
    exchangeModel: (other) => void Object.assign(model, other),
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return self;
}

function vectorOf(text: string, { width, seed }: { width: number; seed: string }): number[] {
  const vector = new Array<number>(width).fill(0);
  const padded = ` ${text} `;
  for (let at = 0; at + 3 <= padded.length; at += 1) {
    const digest = createHash("sha256")
      .update(seed)
      .update(padded.slice(at, at + 3))
      .digest();
    const place = digest.readUInt32LE(0) % width;
    // Not of length 1: whoever compares must see to that.
    vector[place] = (vector[place] ?? 0) + 3;
  }
  return vector;
}
