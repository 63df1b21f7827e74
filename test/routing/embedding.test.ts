import assert from "node:assert/strict";
import { createServer } from "node:net";
import pino from "pino";
import type { EmbeddingService } from "../../src/config.ts";
import { azureCredential, foundryTokens } from "../../src/routing/azure-credential.ts";
import { createEmbedder } from "../../src/routing/embedding/embedder.ts";
import { matrixOf, nearestRows } from "../../src/routing/embedding/matrix.ts";
import { embeddingSource } from "../../src/routing/embedding/source.ts";
import type { OpinionSource, SourceDocument } from "../../src/routing/opinion.ts";
import { type OpinionError, readRetryAfter } from "../../src/routing/service/failure.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { type EmbeddingServer, type Fault, startEmbeddingServer } from "../support/embedding-server.ts";
import { until } from "../support/until.ts";

const registered = [
  "Which invoices are overdue?",
  "Show me the invoices that nobody has paid",
  "How many days of leave do I have left?",
  "Reset my password",
].map(
  (text): SourceDocument => ({
    ...{ text, agentId: "a", clusterId: "finance", intentLabel: "i", confidenceThreshold: 0.8 },
  }),
);

describe("a second opinion from an embedding endpoint", () => {
  let database: TestDatabase;
  let server: EmbeddingServer;
  let lines: { level: number; kind?: string; msg: string }[];

  before(async () => {
    database = await createTestDatabase();
  });
  after(() => database.drop());
  beforeEach(async () => {
    server = await startEmbeddingServer({ key: "k-123" });
    lines = [];
    await database.pool.query("truncate text_vector");
  });
  afterEach(() => server.stop());

  const log = () => pino({}, { write: (line) => void lines.push(JSON.parse(line)) });
  const embedder = (more: Partial<EmbeddingService> = {}) =>
    createEmbedder(
      { url: server.url, model: "small", key: "k-123", signIn: "bearer", ...more },
      { db: database.pool, token: async () => "entra-token", backoffMs: 5 },
    );
  const open = (more: Partial<EmbeddingService> = {}, documents = registered): Promise<OpinionSource> =>
    embeddingSource(embedder(more), log())(documents);
  const keptVectors = async () => (await database.pool.query("select * from text_vector")).rows.length;

  it("names the registered texts that are alike, best first, and how alike they are", async () => {
    const source = await open();
    assert.equal(source.name, "embedding:small");
    const hits = await source.ask("which invoice is overdue", { most: 2 });
    assert.deepEqual(
      hits.map(({ document }) => document),
      [0, 1],
    );
    assert.ok((hits[0]?.similarity ?? 0) > 0.6 && (hits[0]?.similarity ?? 2) <= 1);
    assert.ok((hits[0]?.similarity ?? 0) > (hits[1]?.similarity ?? 0));
    const [same] = await source.ask("Reset my password", { most: 1 });
    assert.equal(same?.document, 3);
    assert.ok((same?.similarity ?? 0) > 0.999);
  });

  it("asks for registered texts once: after a restart only the new ones are asked for", async () => {
    await open();
    assert.equal(server.asked.flatMap(({ input }) => input).length, 4);
    assert.equal(await keptVectors(), 4);
    server.asked.length = 0;
    const [first] = registered;
    assert.ok(first);
    const source = await open({}, [...registered, { ...first, text: "Block this device" }]);
    // One is asked anew, to see whether the model is still the same.
    assert.deepEqual(
      server.asked.map(({ input }) => input),
      [["Which invoices are overdue?"], ["Block this device"]],
    );
    assert.equal((await source.ask("block the device", { most: 1 }))[0]?.document, 4);
  });

  it("keeps nothing in the database of what people write, and no text of anybody", async () => {
    const source = await open();
    await source.ask("My name is Maya and I am ill", { most: 2 });
    assert.equal(await keptVectors(), 4);
    const { rows } = await database.pool.query("select space, encode(text_sha256, 'escape') as hash from text_vector");
    assert.ok(!JSON.stringify(rows).includes("invoice"));
  });

  it("does not ask again for what somebody has just written", async () => {
    const source = await open();
    server.asked.length = 0;
    for (let i = 0; i < 3; i += 1) await source.ask("who is away", { most: 2 });
    assert.equal(server.asked.length, 1);
  });

  it("asks once for what several ask for in the same turn, also when one of them gives up", async () => {
    const { vectorOf } = embedder();
    const [impatient, patient] = [new AbortController(), new AbortController()];
    const answers = [vectorOf("who is away", impatient.signal), vectorOf("who is away", patient.signal)];
    impatient.abort();
    await assert.rejects(answers[0] ?? Promise.resolve(), { name: "AbortError" });
    assert.equal((await answers[1])?.length, 256);
    assert.equal(server.asked.length, 1);
  });

  it("learns from many texts in few requests, which are kept", async () => {
    const source = await open();
    const texts = Array.from({ length: 300 }, (_, i) => `question ${i} about invoices`);
    server.asked.length = 0;
    const answers = await source.askAll(texts, { most: 3 });
    assert.equal(server.asked.length, 3);
    assert.ok(answers.every((hits) => hits?.length === 3));
    server.asked.length = 0;
    assert.deepEqual(await source.askAll(texts, { most: 3 }), answers);
    assert.equal(server.asked.length, 0);
  });

  it("answers nothing where nothing was said, and cuts what is endless", async () => {
    const source = await open();
    assert.deepEqual(await source.ask("  \n ", { most: 3 }), []);
    assert.deepEqual(await source.askAll([""], { most: 3 }), [[]]);
    // Cut in the middle of an emoji.
    await source.ask(`${"x".repeat(999)}🔥${"y".repeat(1_000_000)}`, { most: 3 });
    assert.ok((server.asked.at(-1)?.input[0]?.length ?? 9_999) <= 1_000);
    assert.deepEqual(await (await open({}, [])).ask("hello", { most: 3 }), []);
  });

  it("gives the key the way that the service wants it: a bearer, Azure's header, a token of Entra, or nothing", async () => {
    await open();
    assert.equal(server.asked.at(-1)?.headers.authorization, "Bearer k-123");
    await open({ signIn: "api-key", model: "b" });
    assert.equal(server.asked.at(-1)?.headers["api-key"], "k-123");
    assert.equal(server.asked.at(-1)?.headers.authorization, undefined);
    await server.stop();
    server = await startEmbeddingServer({ key: "entra-token" });
    await open({ signIn: "entra", key: undefined, model: "c" });
    assert.equal(server.asked.at(-1)?.headers.authorization, "Bearer entra-token");
    await server.stop();
    server = await startEmbeddingServer();
    await open({ signIn: "none", key: undefined, model: "d" });
    assert.equal(server.asked.at(-1)?.headers.authorization, undefined);
  });

  it("asks Entra for a token once in a while, and says when there is none", async () => {
    let given = 0;
    const token = (minutes: number) =>
      foundryTokens(
        azureCredential(undefined, async () => ({
          getToken: async () => {
            given += 1;
            return { token: `t${given}`, expiresOnTimestamp: Date.now() + minutes * 60_000 };
          },
        })),
      );
    const lasting = token(60);
    assert.deepEqual([await lasting(), await lasting()], ["t1", "t1"]);
    const ending = token(4);
    assert.deepEqual([await ending(), await ending()], ["t2", "t3"]);
    const nobody = foundryTokens(azureCredential(undefined, () => Promise.reject(new Error("no network"))));
    await assert.rejects(nobody(), { code: "opinion-denied", message: /no network.*SIGNALBOX_EMBEDDING_KEY/ });
  });

  it("takes the vectors in whatever order they come", async () => {
    server.failWith({ kind: "change", change: (body) => ({ ...body, data: body.data.toReversed() }) });
    const [hit] = await (await open()).ask("Reset my password", { most: 1 });
    assert.equal(hit?.document, 3);
  });

  const change = (change: (data: { index: number; embedding: unknown }[]) => unknown): Fault => ({
    kind: "change",
    change: (body) => ({ ...body, data: change(body.data) }),
  });
  for (const [what, fault, kind, message] of [
    ["a key that is not good", { kind: "status", status: 401 }, "denied", /401.*SIGNALBOX_EMBEDDING_KEY/],
    ["a key that may not", { kind: "status", status: 403 }, "denied", /403.*SIGNALBOX_EMBEDDING_KEY/],
    ["a model that is not there", { kind: "status", status: 404 }, "not-found", /SIGNALBOX_EMBEDDING_MODEL/],
    ["too many requests", { kind: "status", status: 429, headers: { "retry-after": "7" } }, "throttled", /429.*quota/],
    ["a fault of the service", { kind: "status", status: 503 }, "broken", /503/],
    ["a page of a proxy", { kind: "status", status: 200, body: "<html>" }, "nonsense", /not a list of embeddings/],
    ["a redirect", { kind: "status", status: 302, headers: { location: "/x" } }, "refused", /302/],
    ["an endless answer", { kind: "flood" }, "too-large", /more than it was asked for/],
    ["a connection that breaks", { kind: "hang-up" }, "unreachable", /cannot be reached.*SIGNALBOX_EMBEDDING_URL/],
    ["no vector at all", change(() => []), "nonsense", /0 vectors for 1 texts/],
    ["a vector twice", change((data) => [...data, ...data]), "nonsense", /twice/],
    [
      "a vector of a text that nobody sent",
      change((data) => data.map((one) => ({ ...one, index: 9 }))),
      "nonsense",
      /9/,
    ],
    [
      "a vector without numbers",
      change((data) => data.map((one) => ({ ...one, embedding: [null] }))),
      "nonsense",
      /list/,
    ],
    [
      "a vector without direction",
      change((data) => data.map((one) => ({ ...one, embedding: [0, 0] }))),
      "nonsense",
      /direction/,
    ],
    [
      "a vector beyond numbers",
      { kind: "status", status: 200, body: '{"data":[{"index":0,"embedding":[1e999]}]}' },
      "nonsense",
      /list/,
    ],
    [
      "a vector of another length",
      change((data) => data.map((one) => ({ ...one, embedding: [1, 2] }))),
      "nonsense",
      /another model/,
    ],
  ] as [string, Fault, string, RegExp][])
    it(`says what is wrong with ${what}, where, and the cure; and that once`, async () => {
      const source = await open();
      for (let i = 0; i < 3; i += 1) {
        server.failWith(fault);
        await assert.rejects(source.ask(`what of this? ${i}`, { most: 2 }), (error: OpinionError) => {
          assert.equal(error.kind, kind);
          assert.equal(error.code, `opinion-${kind}`);
          assert.match(error.message, message);
          if (kind !== "nonsense" || !/another model/.test(error.message))
            assert.ok(error.message.includes(server.url));
          assert.ok(!error.message.includes("k-123") && !error.message.includes("what of this"));
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
    await assert.rejects(open({ url: `http://127.0.0.1:${port}/v1` }), /cannot be reached \(ECONNREFUSED\)/);
  });

  it("stops waiting for a service that hangs as soon as the turn does", async () => {
    const source = await open();
    server.failWith({ kind: "hang" });
    await assert.rejects(source.ask("hello?", { most: 2, signal: AbortSignal.timeout(50) }), { name: "TimeoutError" });
    assert.deepEqual(lines, []);
    assert.equal((await source.ask("hello?", { most: 1 })).length, 1);
  });

  it("has patience while it learns: it comes back when the service said it may", async () => {
    server.failWith(
      { kind: "status", status: 429, headers: { "retry-after": "1" } },
      { kind: "status", status: 500 },
      { kind: "hang-up" },
    );
    const start = performance.now();
    const source = await open();
    assert.ok(performance.now() - start >= 950);
    assert.equal((await source.ask("reset password", { most: 1 }))[0]?.document, 3);
  });

  it("learns from what it could ask where some of it could not be asked", async () => {
    const source = await open();
    const texts = Array.from({ length: 200 }, (_, i) => `text ${i}`);
    server.failWith({ kind: "status", status: 400, body: '{"error":{"message":"a word is too long"}}' });
    const answers = await source.askAll(texts, { most: 2 });
    assert.equal(answers.length, 200);
    assert.equal(answers.filter((answer) => answer === undefined).length, 128);
    assert.deepEqual(
      lines.map(({ kind }) => kind),
      ["refused"],
    );
  });

  it("does not open with a key that is not good, and does not try it again and again", async () => {
    await assert.rejects(open({ key: "wrong" }), { code: "opinion-denied" });
    assert.equal(server.asked.length, 0);
  });

  it("notices that another model answers under the same name, and has everything read anew", async () => {
    await open();
    for (const other of [{ seed: "other" }, { width: 64 }]) {
      server.exchangeModel(other);
      const source = await open();
      const [hit] = await source.ask("Reset my password", { most: 1 });
      assert.equal(hit?.document, 3);
      assert.ok((hit?.similarity ?? 0) > 0.999);
      assert.equal(await keptVectors(), 4);
    }
  });

  it("notices that too where the first text is new, and where the model is exchanged between two answers", async () => {
    const [first] = registered;
    assert.ok(first);
    await open();
    server.exchangeModel({ width: 64 });
    const more = [{ ...first, text: "Block this device" }, ...registered];
    assert.equal((await (await open({}, more)).ask("block the device", { most: 1 }))[0]?.document, 0);
    // The look at the model fails, so what is kept seems good.
    server.failWith({ kind: "status", status: 503 });
    server.exchangeModel({ width: 48 });
    const most = [{ ...first, text: "Who is on duty?" }, ...more];
    assert.equal((await (await open({}, most)).ask("Reset my password", { most: 1 }))[0]?.document, 5);
    assert.equal(await keptVectors(), 6);
  });

  it("is another version of itself where another model answers, and only then", async () => {
    const { version } = await open();
    assert.equal((await open()).version, version);
    server.exchangeModel({ seed: "other" });
    assert.notEqual((await open()).version, version);
  });

  it("stops being opened when nobody wants it any more", async () => {
    const ended = new AbortController();
    server.failWith({ kind: "hang" });
    const opening = embeddingSource(embedder(), log())(registered, ended.signal);
    await until(() => server.asked.length > 0);
    ended.abort();
    await assert.rejects(opening, { name: "AbortError" });
    assert.deepEqual(lines, []);
    await open();
  });

  it("opens with what is kept while the service is away", async () => {
    await open();
    server.failWith({ kind: "status", status: 503 });
    const source = await open();
    assert.equal((await source.ask("reset password", { most: 1 }))[0]?.document, 3);
  });

  it("removes what nobody has used for months, and nothing else", async () => {
    await open();
    await database.pool.query("update text_vector set used_at = now() - interval '100 days'");
    await open({ model: "another" }, registered.slice(0, 1));
    assert.equal(await keptVectors(), 1);
    await open();
    await database.pool.query("update text_vector set used_at = now() - interval '80 days'");
    await open();
    const { rows } = await database.pool.query("select 1 from text_vector where used_at > now() - interval '1 hour'");
    assert.equal(rows.length, 4);
  });

  it("two processes that start at once both get everything", async () => {
    const both = await Promise.all([open(), open()]);
    for (const source of both) assert.equal((await source.ask("reset password", { most: 1 }))[0]?.document, 3);
    assert.equal(await keptVectors(), 4);
  });

  it("compares with every one of many texts, and finds the nearest", async () => {
    const random = (seed: number) =>
      Float32Array.from({ length: 35 }, (_, i) => Math.sin(seed * 12.9898 + i * 78.233) * 43758.5453).map(
        (x) => x - Math.floor(x) - 0.5,
      );
    const rows = Array.from({ length: 5_000 }, (_, i) => random(i));
    const look = random(77_777);
    const products = rows.map((row, document) => ({
      document,
      similarity: row.reduce((sum, x, i) => sum + x * (look[i] ?? 0), 0),
    }));
    const expected = products.sort((a, b) => b.similarity - a.similarity).slice(0, 7);
    const found = await nearestRows(matrixOf(rows), look, 7);
    assert.deepEqual(
      found.map(({ document }) => document),
      expected.map(({ document }) => document),
    );
  });

  it("reads how long it shall wait, in seconds and as a date", () => {
    const now = Date.parse("2026-11-21T10:00:00Z");
    assert.equal(readRetryAfter("2", now), 2_000);
    assert.equal(readRetryAfter("Sat, 21 Nov 2026 10:00:05 GMT", now), 5_000);
    assert.equal(readRetryAfter("soon", now), undefined);
    assert.equal(readRetryAfter(null, now), undefined);
  });
});
