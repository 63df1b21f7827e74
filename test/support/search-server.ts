import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Batch, faultOfDocument, faultOfIndex, Index, Query } from "./search-contract.ts";

type Stored = Record<string, unknown>;

/** What one request is answered instead. */
export type Fault =
  | { kind: "status"; status: number; headers?: Record<string, string>; body?: string }
  | { kind: "hang" | "hang-up" | "flood" }
  /** of a batch, every second document fails with this */
  | { kind: "partial"; status: number };

export type SearchServer = {
  /** "http://127.0.0.1:1234" */
  url: string;
  asked: { method: string; path: string; headers: IncomingHttpHeaders; body: unknown }[];
  queries(): Query[];
  indexes: Map<string, { definition: Index; documents: Map<string, Stored> }>;
  /** the next requests of one kind (the end of their path) meet these, one each */
  failWith(what: "definition" | "search.index" | "search.post.search", ...faults: Fault[]): void;
  /** so many queries later what was written is found */
  delay: number;
  /** called before a request is dealt with, as if somebody else were faster */
  meanwhile: (() => void) | undefined;
  stop(): Promise<void>;
};

/** A search service on loopback: it ranks by shared words, or by shared runs of letters where it shall rank by meaning. */
export async function startSearchServer(
  options: { key?: string; bearer?: string; semanticRanker?: boolean } = {},
): Promise<SearchServer> {
  const asked: SearchServer["asked"] = [];
  const indexes: SearchServer["indexes"] = new Map();
  const faults = new Map<string, Fault[]>();
  let versions = 0;

  const answer = (
    method: string,
    path: string,
    headers: IncomingHttpHeaders,
    text: string,
    fault: Fault | undefined,
  ) => {
    const { pathname, searchParams } = new URL(path, "http://x");
    if (searchParams.get("api-version") !== "2026-04-01") return error(400, "The api-version is missing or unknown.");
    const [, name = "", rest = ""] = /^\/indexes\('([^']+)'\)(?:\/docs\/(.*))?$/.exec(pathname) ?? [];
    const index = indexes.get(name);
    if (method === "GET" && rest === "")
      return index === undefined
        ? error(404, `No index with the name '${name}' was found.`)
        : ok(200, index.definition);
    if (method === "PUT" && rest === "") {
      const parsed = Index.safeParse(JSON.parse(text));
      if (!parsed.success) return error(400, parsed.error.message);
      if (headers.prefer !== "return=representation") return error(400, "prefer");
      const condition = headers["if-match"];
      if (condition !== undefined && condition !== index?.definition["@odata.etag"])
        return error(412, "It has changed.");
      const fault = faultOfIndex(parsed.data, index?.definition);
      if (fault !== undefined) return error(400, fault);
      versions += 1;
      const definition = { ...parsed.data, "@odata.etag": `"${versions}"` };
      indexes.set(name, { definition, documents: index?.documents ?? new Map() });
      return ok(index === undefined ? 201 : 200, definition);
    }
    if (index === undefined) return error(404, `No index with the name '${name}' was found.`);
    if (method === "POST" && rest === "search.index") return writeBatch(index, text, fault);
    if (method === "POST" && rest === "search.post.search") {
      self.delay -= 1;
      const isFound = self.delay < 0;
      return search(isFound ? index : { ...index, documents: new Map() }, text, options.semanticRanker ?? true);
    }
    return error(404, "There is nothing here.");
  };

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      const { "api-key": key, authorization } = headers;
      if (options.key !== undefined && key !== options.key) return respond(response, error(403, "Forbidden"));
      if (options.bearer !== undefined && authorization !== `Bearer ${options.bearer}`)
        return respond(response, error(401, "Unauthorized"));
      const text = Buffer.concat(chunks).toString("utf8");
      asked.push({ method, path: url, headers, body: text === "" ? undefined : JSON.parse(text) });
      self.meanwhile?.();
      const fault = faults.get(/search\.[a-z.]+/.exec(url)?.[0] ?? "definition")?.shift();
      if (fault === undefined || fault.kind === "partial")
        return respond(response, answer(method, url, headers, text, fault));
      if (fault.kind === "status") return respond(response, { ...fault, body: fault.body ?? "" });
      if (fault.kind === "hang-up") return void request.socket.destroy();
      if (fault.kind === "flood") respond(response, ok(200, " ".repeat(20_000_000)));
      return undefined;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const self: SearchServer = {
    ...{ asked, indexes, delay: 0, meanwhile: undefined },
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    queries: () => asked.filter(({ path }) => path.includes("search.post.search")).map(({ body }) => body as Query),
    failWith: (what, ...more) => void faults.set(what, [...(faults.get(what) ?? []), ...more]),
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return self;
}

type Answer = { status: number; headers?: Record<string, string>; body: unknown };
const ok = (status: number, body: unknown): Answer => ({ status, body });
const error = (status: number, message: string): Answer => ({ status, body: { error: { code: "", message } } });

function respond(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}

type Opened = { definition: Index; documents: Map<string, Stored> };

function writeBatch({ definition, documents }: Opened, text: string, fault: Fault | undefined): Answer {
  const parsed = Batch.safeParse(JSON.parse(text));
  if (!parsed.success) return error(400, parsed.error.message);
  const results = parsed.data.value.map(({ "@search.action": action, ...document }, i) => {
    const key = String(document.key);
    const wrong = faultOfDocument(definition, document);
    const failure = (statusCode: number, errorMessage: string) => ({ key, status: false, errorMessage, statusCode });
    if (wrong !== undefined) return failure(400, wrong);
    if (fault?.kind === "partial" && i % 2 === 1) return failure(fault.status, "not now");
    const existed = documents.has(key);
    if (action === "delete") documents.delete(key);
    else documents.set(key, document);
    return { key, status: true, errorMessage: null, statusCode: action === "delete" || existed ? 200 : 201 };
  });
  return ok(results.every(({ status }) => status) ? 200 : 207, { value: results });
}

function search({ definition, documents }: Opened, text: string, hasRanker: boolean): Answer {
  const parsed = Query.safeParse(JSON.parse(text));
  if (!parsed.success) return error(400, parsed.error.message);
  const query = parsed.data;
  const isSemantic = query.queryType === "semantic";
  if (isSemantic && !hasRanker) return error(400, "Semantic search is not enabled for this service.");
  if (isSemantic && !definition.semantic?.configurations.some(({ name }) => name === query.semanticConfiguration))
    return error(400, `Unknown semantic configuration '${query.semanticConfiguration}'.`);
  for (const { vector, fields } of query.vectorQueries ?? []) {
    const field = definition.fields.find(({ name }) => name === fields);
    if (field?.type !== "Collection(Edm.Single)" || field.dimensions !== vector.length)
      return error(400, `The vector field '${fields}' is not one of ${vector.length} numbers.`);
  }
  const last = query.filter === undefined ? "" : /^key gt '([^']*)'$/.exec(query.filter)?.[1];
  if (last === undefined) return error(400, `Invalid expression: ${query.filter}`);
  const all = [...documents.values()].filter(({ key }) => String(key) > last);
  if (query.orderby !== undefined && query.orderby !== "key asc")
    return error(400, `Invalid expression: ${query.orderby}`);
  const ranked =
    query.search === "*"
      ? all
          .map((document) => ({ document, score: 1 }))
          .sort((a, b) => (String(a.document.key) < String(b.document.key) ? -1 : 1))
      : proposals(all, query);
  const top = ranked.slice(0, isSemantic ? 50 : (query.top ?? 50));
  const judged = top.map(({ document, score }) => ({
    "@search.score": score,
    ...(isSemantic
      ? { "@search.rerankerScore": 4 * alike(trigrams(query.search), trigrams(String(document.utterance))) }
      : {}),
    ...Object.fromEntries(query.select.split(",").map((name) => [name, document[name]])),
  }));
  const reranked = judged.toSorted((a, b) => (b["@search.rerankerScore"] ?? 0) - (a["@search.rerankerScore"] ?? 0));
  return ok(200, { value: (isSemantic ? reranked : judged).slice(0, query.top ?? 50) });
}

/** Those that share a word, and the nearest vectors. */
function proposals(all: Stored[], { search: words, vectorQueries }: Query): { document: Stored; score: number }[] {
  // A word after a dash must not be in what is found.
  const asked = [...words.toLowerCase().matchAll(/(?<=^|\s)(-?)([\p{L}\p{N}]+)/gu)];
  const near = (document: Stored): number =>
    Math.max(0, ...(vectorQueries ?? []).map(({ vector, fields }) => cosine(vector, document[fields] as number[])));
  return all
    .map((document) => {
      const has = new Set(
        String(document.utterance)
          .toLowerCase()
          .match(/[\p{L}\p{N}]+/gu),
      );
      if (asked.some(([, not, word]) => not === "-" && has.has(word ?? ""))) return { document, score: 0 };
      const shared = asked.filter(([, , word]) => has.has(word ?? "")).length;
      return { document, score: 2.5 * shared + near(document) };
    })
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score);
}

const cosine = (one: number[], other: number[]): number => one.reduce((sum, x, i) => sum + x * (other[i] ?? 0), 0);
const trigrams = (text: string): Set<string> =>
  new Set(Array.from({ length: text.length }, (_, at) => ` ${text.toLowerCase()} `.slice(at, at + 3)));
function alike(one: Set<string>, other: Set<string>): number {
  const shared = [...one].filter((run) => other.has(run)).length;
  return shared / Math.max(1, one.size + other.size - shared);
}
