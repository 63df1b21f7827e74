import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import sinon from "sinon";
import { ConnectorError, type Connectors } from "../../src/connector/client.ts";
import { retryAfter } from "../../src/connector/egress/turned-away.ts";
import { elevated } from "./company.ts";
import {
  type Behaviour,
  connectTo,
  entryOf,
  obliging,
  only,
  plainResult,
  reading,
  type ScriptedSystem,
  startScriptedSystem,
  writing,
} from "./scripted-system.ts";

const MEGABYTE = 1_000_000;

describe("a system that answers without end, or has too much to do", () => {
  let system: ScriptedSystem;
  let other: ScriptedSystem;
  let connectors: Connectors;
  before(async () => {
    system = await startScriptedSystem([reading("look"), writing("change")]);
    other = await startScriptedSystem([reading("look")]);
  });
  beforeEach(async () => {
    system.behave = obliging;
    system.calls.length = 0;
    connectors = await connectTo([entryOf("busy", system.url), entryOf("calm", other.url)]);
  });
  afterEach(() => connectors.close());
  after(() => Promise.all([system.stop(), other.stop()]));

  const look = (deadlineMs = 5_000) => connectors.call({ tool: "busy.look", args: {}, deadlineMs });
  const change = (deadlineMs = 5_000) =>
    connectors.call({ ...elevated({ tool: "busy.change", args: {} }), idempotencyKey: "busy-key-1", deadlineMs });
  const ends = (call: Promise<unknown>, outcome: string) =>
    assert.rejects(call, (error) => error instanceof ConnectorError && error.outcome === outcome);

  /** An answer of so many megabytes, as fast as it is taken. */
  const flood =
    (megabytes: number, sent: { bytes: number }): Behaviour =>
    (response, id) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.write(plainResult(id).replace("true", '"'));
      const chunk = Buffer.alloc(64 * 1024, "x");
      const more = (): void => {
        while (sent.bytes < megabytes * MEGABYTE && !response.destroyed) {
          sent.bytes += chunk.length;
          if (!response.write(chunk)) return void response.once("drain", more);
        }
        response.end('"}}}');
      };
      more();
    };

  for (const megabytes of [10, 100])
    it(`an answer of ${megabytes} MB is cut off at the cap: most of it is never taken, and the next call is answered`, async () => {
      const sent = { bytes: 0 };
      system.behave = flood(megabytes, sent);
      await ends(look(), "not-done");
      await ends(change(), "unknown");
      assert.ok(sent.bytes < 10 * MEGABYTE, `${sent.bytes} bytes were taken`);
      system.behave = obliging;
      assert.deepEqual((await look()).data, { ok: true });
    });

  it("an answer that drips forever ends at the total deadline: a write is then unknown and is not made again", async () => {
    const drips = new Set<NodeJS.Timeout>();
    system.behave = (response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      const drip = setInterval(() => response.write(": still working\n\n"), 10);
      drips.add(drip);
      response.on("close", () => clearInterval(drip));
    };
    await ends(change(300), "unknown");
    assert.deepEqual(system.calls, ["change"]);
    await ends(look(300), "not-done");
    for (const drip of drips) clearInterval(drip);
  });

  it("is asked again after the pause that it wants, within the deadline", async () => {
    let turns = 0;
    system.behave = (response, id) => {
      turns += 1;
      if (turns > 2) return obliging(response, id);
      only(response, 429, { "retry-after": "0" });
    };
    // What was turned away was not done: a write may be made again.
    assert.deepEqual((await change()).data, { ok: true });
    assert.deepEqual(system.calls, ["change", "change", "change"]);
  });

  it("is not waited for where the pause is longer than the time that is left; nothing was done", async () => {
    system.behave = (response) => only(response, 429, { "retry-after": "30" });
    await ends(change(), "not-done");
    assert.deepEqual(system.calls, ["change"]);
    // Others who want something of it in the pause do not ask at all.
    await ends(look(), "not-done");
    assert.deepEqual(system.calls, ["change"]);
    assert.deepEqual((await connectors.call({ tool: "calm.look", args: {} })).data, { ok: true });
  });

  it("that keeps turning us away is left alone, and the other systems do not notice", async () => {
    system.behave = (response) => only(response, 429, { "retry-after": "0" });
    await ends(look(), "not-done");
    // That it still says what it offers is no sign that it does what it is asked.
    await ends(change(), "not-done");
    assert.equal(system.calls.length, 5);
    // From now on it is not asked, although it would answer.
    system.behave = obliging;
    await ends(look(), "not-done");
    assert.equal(system.calls.length, 5);
    assert.deepEqual((await connectors.call({ tool: "calm.look", args: {} })).data, { ok: true });
    const clock = sinon.useFakeTimers({ now: Date.now() + 11_000, toFake: ["Date"] });
    try {
      assert.deepEqual((await look()).data, { ok: true });
    } finally {
      clock.restore();
    }
  });

  it("says in seconds or as a date how long it wants to be left alone", () => {
    const now = Date.parse("2026-11-20T10:00:00Z");
    assert.equal(retryAfter("120", now), 120_000);
    assert.equal(retryAfter("Fri, 20 Nov 2026 10:00:30 GMT", now), 30_000);
    assert.equal(retryAfter("Fri, 20 Nov 2026 09:00:00 GMT", now), 0);
    assert.equal(retryAfter("soon", now), undefined);
    assert.equal(retryAfter(null, now), undefined);
  });
});
