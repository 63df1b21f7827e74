import assert from "node:assert/strict";
import { inspect } from "node:util";
import { after, before, describe, it } from "mocha";
import { ConnectorError, type Connectors, connectSystems } from "../../src/connector/client.ts";
import type { InventoryEntry } from "../../src/connector/inventory.ts";
import { type Authority, openAuthority } from "../../src/identity/tokens/authority.ts";
import { logTo } from "../support/log-lines.ts";
import { credentialsOf, elevated, TENANT, trusting } from "./company.ts";
import { startRudeSystem } from "./rude-system.ts";

const entry: InventoryEntry = {
  system: "rude",
  title: "The rude system",
  purpose: "Does what it should not.",
  owner: "maya.lindqvist@contoso.example",
  dataClassification: "internal",
  ...{ endpoint: "sample", identity: { kind: "bearer" }, scopes: ["read", "write"], reads: [] },
  egress: { hosts: ["127.0.0.1"], privateAddresses: ["127.0.0.1/32"] },
};

describe("a system that misbehaves", () => {
  let rude: Awaited<ReturnType<typeof startRudeSystem>>;
  let connectors: Connectors;
  let authority: Authority;
  const { log, lines } = logTo();
  const connect = (hosts: string[]) =>
    connectSystems({
      endpoints: { rude: { url: rude.url } },
      inventory: new Map([["rude", { ...entry, egress: { ...entry.egress, hosts } }]]),
      gate: trusting,
      isElevated: () => Promise.resolve(true),
      credentials: credentialsOf(authority, () => []),
      log,
    });
  before(async () => {
    rude = await startRudeSystem();
    authority = await openAuthority(TENANT);
    connectors = await connect(["127.0.0.1"]);
  });
  after(async () => {
    await connectors.close();
    await rude.stop();
  });

  const fails = (tool: string, check: (error: ConnectorError) => void, more: object = {}) =>
    assert.rejects(connectors.call({ tool: `rude.${tool}`, args: {}, ...more }), (error) => {
      assert.ok(error instanceof ConnectorError);
      check(error);
      return true;
    });

  it("its secrets do not get through with its errors: not to people, nor to a model, nor into the log", async () => {
    await fails("leak", (error) => {
      assert.equal(error.outcome, "refused");
      assert.match(error.message, /login failed/);
      log.warn({ err: error }, "as whoever catches it would log it");
      assert.match(lines.join(), /login failed/);
      // All that anybody could make of it: its message, what is told, its causes and their stacks.
      assert.doesNotMatch(inspect(error, { depth: 10 }) + error.told + lines.join(), /hunter2|s3cret/);
    });
  });

  it("an answer that does not fit the promised shape is no answer", () =>
    fails("misshape", (error) => {
      assert.equal(error.outcome, "not-done");
      assert.match(error.message, /output schema/);
    }));

  it("an answer without end is cut off", () =>
    fails("flood", (error) => assert.match(error.message, /more than 1048576 bytes/)));

  it("silence ends at the deadline: nothing happened for a read, nobody knows for a write", async () => {
    await fails("hang", (error) => assert.equal(error.outcome, "not-done"), { deadlineMs: 100 });
    const write = {
      ...elevated({ tool: "rude.hang-write", args: {} }),
      deadlineMs: 1_000,
      idempotencyKey: "rude-key-1",
    };
    await fails("hang-write", (error) => assert.equal(error.outcome, "unknown"), write);
  });

  it("a connection that is cut off is used once more for a read, and never for a write", async () => {
    const { data } = await connectors.call({ tool: "rude.hang-up-once", args: {} });
    assert.deepEqual(data, { total: "3" });
    // Its second call would be answered: it must not be made.
    const write = { ...elevated({ tool: "rude.hang-up-write", args: {} }), idempotencyKey: "rude-key-2" };
    await fails("hang-up-write", (error) => assert.equal(error.outcome, "unknown"), write);
  });

  it("a tool that does not say that it can rehearse is not asked to: it would really do it", async () => {
    await assert.rejects(
      connectors.call({ tool: "rude.hang-write", args: {}, isRehearsal: true, deadlineMs: 100 }),
      (error) => error instanceof ConnectorError && error.outcome === "refused" && /beforehand/.test(error.told ?? ""),
    );
  });

  it("a tool that is not clearly marked as reading counts as a write that nobody can take back", () => {
    const unmarked = connectors.tools().find((tool) => tool.name === "rude.unmarked");
    assert.equal(unmarked?.access, "write");
    assert.equal(unmarked?.reversal, "non-reversible");
  });

  it("is not spoken to at a host that the inventory does not name", async () => {
    const strict = await connect(["rude.example"]);
    assert.equal(strict.ready(), false);
    assert.deepEqual(strict.tools(), []);
    await assert.rejects(strict.call({ tool: "rude.leak", args: {} }), /points to 127\.0\.0\.1: refused/);
    await strict.close();
  });
});
