import assert from "node:assert/strict";
import { createServer } from "node:net";
import pino from "pino";
import { readConfig, type SearchService } from "../../src/config.ts";
import { azureCredential } from "../../src/routing/azure-credential.ts";
import { createEmbedder } from "../../src/routing/embedding/embedder.ts";
import type { OpinionSource, SourceDocument } from "../../src/routing/opinion.ts";
import type { SearchPorts } from "../../src/routing/search/finder.ts";
import { cappedClient } from "../../src/routing/search/http-client.ts";
import { similarityOf } from "../../src/routing/search/ranking.ts";
import { searchSource } from "../../src/routing/search/source.ts";
import type { OpinionError } from "../../src/routing/service/failure.ts";
import { openSource } from "../../src/routing/sources.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { type EmbeddingServer, startEmbeddingServer } from "../support/embedding-server.ts";
import { type Fault, type SearchServer, startSearchServer } from "../support/search-server.ts";

const utterance = (text: string, intentLabel = "i"): SourceDocument => ({
  ...{ text, agentId: "agent-1", clusterId: "finance", intentLabel, confidenceThreshold: 0.85 },
});
const registered = [
  utterance("Which invoices are overdue?", "overdue-invoices"),
  utterance("Show me the invoices that nobody has paid", "unpaid-invoices"),
  utterance("How many days of leave do I have left?", "leave-balance"),
  utterance("Reset my password", "password-reset"),
];

describe("a second opinion from Azure AI Search", () => {
  let database: TestDatabase;
  let server: SearchServer;
  let embedding: EmbeddingServer;
  let lines: { level: number; kind?: string; msg: string; added?: number; removed?: number }[];

  before(async () => {
    database = await createTestDatabase();
    embedding = await startEmbeddingServer();
  });
  after(async () => {
    await embedding.stop();
    await database.drop();
  });
  beforeEach(async () => {
    server = await startSearchServer({ key: "admin-1" });
    lines = [];
  });
  afterEach(() => server.stop());

  const embedder = (model = "small") =>
    createEmbedder(
      { url: embedding.url, model, key: undefined, signIn: "none" },
      { db: database.pool, token: async () => "", backoffMs: 5 },
    );
  type More = Partial<SearchService> & { ports?: Partial<SearchPorts> };
  const open = ({ ports, ...more }: More = {}, documents = registered, signal?: AbortSignal): Promise<OpinionSource> =>
    searchSource(
      { endpoint: server.url, key: "admin-1", index: "intent-utterances", semantic: true, ...more },
      {
        credential: { getToken: async () => ({ token: "entra-token", expiresOnTimestamp: Date.now() + 3_600_000 }) },
        embedder: embedder(),
        log: pino({}, { write: (line) => void lines.push(JSON.parse(line)) }),
        backoffMs: 5,
        ...ports,
      },
    )(documents, signal);
  const index = (name = "intent-utterances") => server.indexes.get(name) ?? assert.fail("no index");
  const utterances = (): string[] => [...index().documents.values()].map((one) => String(one.utterance)).sort();
  const texts = (documents: readonly SourceDocument[]): string[] => documents.map(({ text }) => text).sort();

  it("names the registered texts that are alike, best first, and how alike they are", async () => {
    const source = await open();
    assert.equal(source.name, "azure-search");
    const hits = await source.ask("which invoice is overdue", { most: 2 });
    assert.equal(hits[0]?.document, 0);
    assert.ok(hits.length <= 2 && hits.every(({ similarity }) => similarity >= 0 && similarity <= 1));
    const [same] = await source.ask("Reset my password", { most: 1 });
    assert.deepEqual(same, { document: 3, similarity: 1 });
  });

  it("changes nothing any more once another registry is the one to be in step with", async () => {
    const ended = new AbortController();
    server.meanwhile = () => {
      if (server.asked.at(-1)?.method === "PUT") ended.abort();
    };
    await assert.rejects(open({}, registered, ended.signal), { name: "AbortError" });
    assert.deepEqual(utterances(), []);
    assert.deepEqual(lines, []);
  });

  it("makes the index as the registry needs it: whose the utterance is, and from when on it is sure", async () => {
    await open();
    const [document] = index().documents.values();
    const { key, utterance: text, ...rest } = document ?? {};
    assert.match(String(key), /^[0-9a-f]{64}$/);
    assert.ok(texts(registered).includes(String(text)));
    const vector = Object.keys(rest).find((name) => name.startsWith("vector_")) ?? "";
    assert.equal((rest[vector] as number[]).length, 256);
    assert.deepEqual(
      { ...rest, [vector]: undefined },
      {
        ...{ agent_id: "agent-1", cluster_id: "finance", confidence_threshold: 0.85 },
        ...{ intent_label: rest.intent_label, [vector]: undefined },
      },
    );
    assert.equal(index().definition.semantic?.configurations.length, 1);
  });

  it("searches by words and by vectors, ranks by meaning, and has nothing highlighted", async () => {
    const source = await open();
    await source.ask("reset the pass word", { most: 3 });
    const query = server.queries().at(-1);
    assert.equal(query?.queryType, "semantic");
    assert.equal(query?.semanticErrorHandling, "fail");
    assert.equal(query?.vectorQueries?.length, 1);
    assert.equal(query?.select, "key");
  });

  it("searches by words alone where no embedding endpoint is configured", async () => {
    const source = await open({ ports: { embedder: undefined } });
    assert.equal((await source.ask("reset password", { most: 1 }))[0]?.document, 3);
    assert.equal(server.queries().at(-1)?.vectorQueries, undefined);
    assert.ok(index().definition.fields.every(({ type }) => type !== "Collection(Edm.Single)"));
  });

  it("follows the registry: what is new goes in, what is gone goes out, what stays is not sent again", async () => {
    await open();
    const changed = [...registered.slice(1), utterance("Block this device")];
    await open({}, changed);
    assert.deepEqual(utterances(), texts(changed));
    assert.deepEqual(
      lines.filter(({ added }) => added !== undefined).map(({ added, removed }) => [added, removed]),
      [
        [4, 0],
        [1, 1],
      ],
    );
    const before = server.asked.length;
    await open({}, changed);
    const since = server.asked.slice(before);
    assert.ok(since.every(({ method, path }) => method !== "PUT" && !path.includes("search.index")));
  });

  it("writes a changed threshold, although the text is the same", async () => {
    await open();
    await open(
      {},
      registered.map((one) => ({ ...one, confidenceThreshold: 0.9 })),
    );
    assert.equal(index().documents.size, 4);
    assert.ok([...index().documents.values()].every((one) => one.confidence_threshold === 0.9));
  });

  it("keeps thousands of utterances in step", async () => {
    const many = Array.from({ length: 2_300 }, (_, i) => utterance(`Do thing number ${i}`));
    const without = { ports: { embedder: undefined } };
    await open(without, many);
    assert.equal(index().documents.size, 2_300);
    await open(without, many.slice(0, 1_100));
    assert.deepEqual(utterances(), texts(many.slice(0, 1_100)));
  });

  it("touches no index but its own, and none that somebody else made", async () => {
    await open({ index: "other-fleet" });
    await open({}, registered.slice(0, 1));
    assert.equal(index("other-fleet").documents.size, 4);
    const { definition, documents } = index();
    const foreign = {
      ...definition,
      fields: definition.fields.filter(({ name }) => name === "key" || name === "utterance"),
    };
    server.indexes.set("products", { definition: foreign, documents });
    await assert.rejects(open({ index: "products" }, []), /not made by Signalbox.*SIGNALBOX_SEARCH_INDEX/);
    assert.equal(documents.size, 1);
  });

  it("does not empty the index when it is given nothing", async () => {
    await open();
    const source = await open({}, []);
    assert.equal(index().documents.size, 4);
    assert.deepEqual(await source.ask("hello", { most: 3 }), []);
  });

  it("another embedding model gets a field of its own, and the utterances anew", async () => {
    await open();
    await open({ ports: { embedder: embedder("large") } });
    const fields = index().definition.fields.filter(({ name }) => name.startsWith("vector_"));
    assert.equal(fields.length, 2);
    assert.equal(index().documents.size, 4);
    const used = [...index().documents.values()].map((one) => Object.keys(one).find((name) => /^vector/.test(name)));
    assert.deepEqual([...new Set(used)], [fields[1]?.name]);
  });

  it("keeps what people added to the index", async () => {
    await open({ ports: { embedder: undefined } });
    const { definition } = index();
    definition.fields.push({
      ...{ name: "note", type: "Edm.String", searchable: false, filterable: false, sortable: false, facetable: false },
    });
    await open();
    assert.ok(index().definition.fields.some(({ name }) => name === "note"));
  });

  it("two processes that start at once end with what the registry says", async () => {
    const [one, other] = await Promise.all([open(), open()]);
    assert.deepEqual(utterances(), texts(registered));
    for (const source of [one, other])
      assert.equal((await source?.ask("reset password", { most: 1 }))?.[0]?.document, 3);
  });

  it("looks again when another process was faster in changing the index", async () => {
    await open({ ports: { embedder: undefined } });
    let once = true;
    server.meanwhile = () => {
      const isPut = server.asked.at(-1)?.method === "PUT";
      if (isPut && once) {
        once = false;
        index().definition["@odata.etag"] = '"somebody"';
      }
    };
    await open();
    assert.equal(once, false);
    assert.equal(server.asked.filter(({ method }) => method === "PUT").length, 3);
  });

  it("does not mistake what another process of the fleet put there", async () => {
    const source = await open();
    index().documents.set("x", { ...[...index().documents.values()][0], key: "x", utterance: "Block this device" });
    const hits = await source.ask("Block this device", { most: 5 });
    assert.ok(hits.every(({ document }) => document < 4));
  });

  it("sends again what was not taken, and only that", async () => {
    server.failWith("search.index", { kind: "partial", status: 503 }, { kind: "partial", status: 422 });
    await open();
    assert.deepEqual(utterances(), texts(registered));
    const sizes = server.asked
      .filter(({ path }) => path.includes("search.index"))
      .map(({ body }) => (body as { value: unknown[] }).value.length);
    assert.deepEqual(sizes, [4, 2, 1]);
  });

  it("opens when what was sent is found, which takes the service a while", async () => {
    server.delay = 4;
    const source = await open();
    assert.equal((await source.ask("reset password", { most: 1 }))[0]?.document, 3);
    await open({}, [...registered, utterance("Block this device")]);
    server.delay = 100;
    await assert.rejects(open({}, [utterance("Who is away?")]), /has taken documents that it does not find \(1\)/);
  });

  it("says which document cannot be stored, instead of trying for ever", async () => {
    server.failWith("search.index", { kind: "partial", status: 400 });
    await assert.rejects(open(), { code: "opinion-refused", message: /did not upload 2 documents \(400: not now\)/ });
  });

  it("ranks by words where the service cannot rank by meaning, says so, and goes by another name", async () => {
    await server.stop();
    server = await startSearchServer({ key: "admin-1", semanticRanker: false });
    const source = await open();
    assert.equal(source.name, "azure-search:words");
    const [hit] = await source.ask("which invoices are overdue", { most: 1 });
    assert.equal(hit?.document, 0);
    assert.ok((hit?.similarity ?? 0) > 0.5 && (hit?.similarity ?? 1) < 1);
    assert.match(lines.at(-1)?.msg ?? "", /SIGNALBOX_SEARCH_SEMANTIC=off/);
  });

  it("ranks by words where it shall", async () => {
    const source = await open({ semantic: false });
    await source.ask("which invoices are overdue", { most: 1 });
    assert.equal(server.queries().at(-1)?.queryType, undefined);
  });

  it("takes a dash for a dash: nobody means to exclude a word", async () => {
    const source = await open({ ports: { embedder: undefined } });
    assert.equal((await source.ask('password -reset "my (', { most: 1 }))[0]?.document, 3);
    assert.deepEqual(await source.ask("***", { most: 1 }), []);
    assert.deepEqual(await source.ask("", { most: 1 }), []);
  });

  it("signs in with Entra where it has no key", async () => {
    await server.stop();
    server = await startSearchServer({ bearer: "entra-token" });
    const scopes: unknown[] = [];
    const service = { title: "x", url: server.url, settings: { address: "", key: "", part: "" } };
    const plain = cappedClient(service);
    const source = await open({
      // The SDK gives tokens to https only; our server on loopback does without.
      ...{ endpoint: server.url.replace("http:", "https:"), key: undefined },
      ports: {
        credential: {
          getToken: async (scope) => {
            scopes.push(scope);
            return { token: "entra-token", expiresOnTimestamp: Date.now() + 3_600_000 };
          },
        },
        httpClient: {
          sendRequest: (request) => {
            request.url = request.url.replace("https:", "http:");
            return plain.sendRequest(request);
          },
        },
      },
    });
    assert.equal((await source.ask("reset password", { most: 1 }))[0]?.document, 3);
    assert.deepEqual([...new Set(scopes.flat())], ["https://search.azure.com/.default"]);
  });

  it("says that Entra gave no token, and what to do", async () => {
    const nobody = azureCredential(undefined, () => Promise.reject(new Error("Please run 'az login'")));
    await assert.rejects(
      open({ endpoint: server.url.replace("http:", "https:"), key: undefined, ports: { credential: nobody } }),
      { code: "opinion-denied", message: /az login.*SIGNALBOX_SEARCH_KEY/ },
    );
    assert.deepEqual(
      lines.map(({ kind }) => kind),
      ["denied"],
    );
  });

  for (const [what, fault, kind, message] of [
    ["a key that is not good", { kind: "status", status: 403 }, "denied", /403.*SIGNALBOX_SEARCH_KEY/],
    ["a token that is not good", { kind: "status", status: 401 }, "denied", /401.*roles/],
    ["an index that is gone", { kind: "status", status: 404 }, "not-found", /SIGNALBOX_SEARCH_INDEX/],
    ["too many requests", { kind: "status", status: 429, headers: { "retry-after": "7" } }, "throttled", /429/],
    ["a service that is overloaded", { kind: "status", status: 503 }, "broken", /503/],
    ["a page of a proxy", { kind: "status", status: 502, body: "<html>" }, "broken", /502/],
    ["an endless answer", { kind: "flood" }, "too-large", /more than it was asked for/],
    ["a connection that breaks", { kind: "hang-up" }, "unreachable", /SIGNALBOX_SEARCH_ENDPOINT/],
    ["a query that is not understood", { kind: "status", status: 400 }, "refused", /400/],
    [
      "a ranker that gave up",
      { kind: "status", status: 200, body: '{"value":[{"@search.score":1,"key":"a"}]}' },
      "nonsense",
      /semantic ranker/,
    ],
    ["an answer that is none", { kind: "status", status: 200, body: "<html>" }, "nonsense", /cannot be used/],
  ] as [string, Fault, string, RegExp][])
    it(`says what is wrong with ${what}, where, and the cure; and that once`, async () => {
      const source = await open();
      lines = [];
      for (let i = 0; i < 3; i += 1) {
        server.failWith("search.post.search", fault);
        await assert.rejects(source.ask(`what of this? ${i}`, { most: 2 }), (error: OpinionError) => {
          assert.equal(error.kind, kind);
          assert.match(error.message, message);
          assert.ok(error.message.includes(server.url));
          assert.ok(!error.message.includes("admin-1") && !error.message.includes("what of this"));
          if (kind === "throttled") assert.equal(error.retryAfterMs, 7_000);
          return true;
        });
      }
      assert.deepEqual(
        lines.map((line) => [line.level, line.kind]),
        [[40, kind]],
      );
      await source.ask("and now?", { most: 2 });
      assert.equal(lines.at(-1)?.msg, "another opinion is given again");
    });

  it("says where nobody listens", async () => {
    const nobody = createServer();
    await new Promise<void>((resolve) => nobody.listen(0, "127.0.0.1", resolve));
    const { port } = nobody.address() as { port: number };
    await new Promise((resolve) => nobody.close(resolve));
    await assert.rejects(open({ endpoint: `http://127.0.0.1:${port}` }), /cannot be reached \(ECONNREFUSED\)/);
  });

  it("stops waiting for a service that hangs as soon as the turn does", async () => {
    const source = await open();
    lines = [];
    server.failWith("search.post.search", { kind: "hang" });
    const signal = AbortSignal.timeout(50);
    await assert.rejects(source.ask("hello?", { most: 2, signal }), { name: "TimeoutError" });
    assert.deepEqual(lines, []);
  });

  it("goes on by words while the embedding endpoint is out of order", async () => {
    const source = await open();
    embedding.failWith({ kind: "status", status: 500 });
    assert.equal((await source.ask("reset the password now", { most: 1 }))[0]?.document, 3);
    assert.equal(server.queries().at(-1)?.vectorQueries, undefined);
  });

  it("learns from many texts, a few at a time, waits when it is told to, and asks for nothing twice", async () => {
    const source = await open();
    const many = Array.from({ length: 30 }, (_, i) => `invoices overdue since ${i} days`);
    const before = server.queries().length;
    server.failWith("search.post.search", { kind: "status", status: 503, headers: { "retry-after": "1" } });
    const start = performance.now();
    const answers = await source.askAll([...many, many[0] ?? "", ""], { most: 2 });
    assert.ok(performance.now() - start >= 950);
    assert.equal(server.queries().length - before, 31);
    assert.ok(answers.slice(0, 31).every((hits) => hits !== undefined && hits.length > 0));
    assert.deepEqual(answers[30], answers[0]);
    assert.deepEqual(answers[31], []);
    await source.askAll(many, { most: 2 });
    assert.equal(server.queries().length - before, 31);
  });

  it("learns from what it could ask where some of it could not be asked", async () => {
    const source = await open();
    server.failWith("search.post.search", { kind: "status", status: 400 });
    const answers = await source.askAll(["overdue", "password", "leave"], { most: 1 });
    assert.deepEqual(
      answers.map((hits) => hits === undefined),
      [true, false, false],
    );
  });

  it("is asked, with the vectors of the embedding endpoint, where both are configured; the endpoint where it is alone; else nobody", async () => {
    const both = {
      SIGNALBOX_EMBEDDING_URL: embedding.url,
      SIGNALBOX_EMBEDDING_MODEL: "small",
      SIGNALBOX_SEARCH_ENDPOINT: server.url,
      SIGNALBOX_SEARCH_KEY: "admin-1",
    };
    const ports = { pool: database.pool, log: pino({ level: "silent" }) };
    const source = await openSource(readConfig(both), ports)?.(registered);
    assert.equal(source?.name, "azure-search");
    embedding.asked.length = 0;
    const [hit] = await source.ask("please reset my password", { most: 1 });
    assert.equal(hit?.document, 3);
    assert.equal(embedding.asked.length, 1);
    const { SIGNALBOX_EMBEDDING_URL, SIGNALBOX_EMBEDDING_MODEL } = both;
    const alone = readConfig({ SIGNALBOX_EMBEDDING_URL, SIGNALBOX_EMBEDDING_MODEL });
    assert.equal((await openSource(alone, ports)?.(registered))?.name, "embedding:small");
    assert.equal(openSource(readConfig({}), ports), undefined);
  });

  it("makes of both kinds of scores what can be compared", () => {
    assert.equal(similarityOf({ score: 9, rerankerScore: 4 }, "meaning"), 1);
    assert.equal(similarityOf({ score: 9, rerankerScore: 1 }, "meaning"), 0.25);
    assert.equal(similarityOf({ score: 9 }, "meaning"), undefined);
    assert.equal(similarityOf({ score: 4 }, "words"), 0.5);
    assert.equal(similarityOf({ score: 0 }, "words"), 0);
  });
});
