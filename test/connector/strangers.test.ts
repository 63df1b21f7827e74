import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { ConnectorError, type Connectors } from "../../src/connector/client.ts";
import type { InventoryEntry } from "../../src/connector/inventory.ts";
import type { Listed, ToolGate } from "../../src/connector/tools/gate.ts";
import { elevated } from "./company.ts";
import { connectTo, entryOf } from "./scripted-system.ts";
import { type Stranger, startOverHttp, startOverStdio } from "./stranger.ts";

/** Somebody looks at each tool when it is found first, and lets it be used as it is. */
function reviewingGate(): ToolGate & { found: string[] } {
  const reviewed = new Set<string>();
  const found: string[] = [];
  const keyOf = ({ tool, fingerprint }: Pick<Listed, "tool" | "fingerprint">) => `${tool} ${fingerprint}`;
  return {
    found,
    isReviewed: (_system, one) => reviewed.has(keyOf(one)),
    version: () => reviewed.size,
    quarantine: async (_system, listed) => {
      for (const one of listed) {
        found.push(one.tool);
        reviewed.add(keyOf(one));
      }
    },
  };
}

describe("MCP servers that nobody here wrote", () => {
  const stops: (() => Promise<void>)[] = [];
  let folder: string;
  before(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), "stranger-")));
    writeFileSync(join(folder, "note.txt"), "twelve boxes");
  });
  after(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
    rmSync(folder, { recursive: true });
  });
  const join_ = async (system: string, stranger: Stranger, more: Partial<InventoryEntry>) => {
    const gate = reviewingGate();
    const connectors = await connectTo([entryOf(system, stranger.url, more)], gate);
    stops.push(stranger.stop, connectors.close);
    return { gate, connectors };
  };
  const access = (connectors: Connectors, name: string) => {
    const tool = connectors.tools().find((one) => one.name === name);
    return [tool?.access, tool?.reversal];
  };
  const refuses = (call: Promise<unknown>, outcome: string) =>
    assert.rejects(call, (error) => error instanceof ConnectorError && error.outcome === outcome);

  it("server-filesystem: reads what its owner found to read, writes only with the right to, and keeps to its folder", async () => {
    const stranger = await startOverStdio("filesystem", [folder]);
    const { gate, connectors } = await join_("files", stranger, { reads: ["read_text_file"] });
    assert.ok(gate.found.includes("write_file"), "every tool was in quarantine first");
    assert.deepEqual(access(connectors, "files.read_text_file"), ["read", undefined]);
    // It says that it only reads; nobody has found so yet.
    assert.deepEqual(access(connectors, "files.list_directory"), ["write", "non-reversible"]);
    const read = (path: string) => connectors.call({ tool: "files.read_text_file", args: { path } });
    assert.deepEqual((await read(join(folder, "note.txt"))).data, { content: "twelve boxes" });
    await refuses(read("/etc/passwd"), "refused");
    await refuses(read(join(folder, "../../etc/passwd")), "refused");
    const write = { tool: "files.write_file", args: { path: join(folder, "new.txt"), content: "thirteen" } };
    await refuses(connectors.call(write), "refused");
    await connectors.call(elevated(write));
    assert.equal(readFileSync(join(folder, "new.txt"), "utf8"), "thirteen");
    // What it fails at may be half done: it does not say.
    await refuses(connectors.call(elevated({ ...write, args: { path: "/etc/x", content: "" } })), "unknown");
  });

  it("server-memory: what is written is read again", async () => {
    const env = { MEMORY_FILE_PATH: join(folder, "memory.jsonl") };
    const { connectors } = await join_("graph", await startOverStdio("memory", [], env), { reads: ["search_nodes"] });
    const entities = [{ name: "Contoso", entityType: "company", observations: ["pays late"] }];
    await connectors.call(elevated({ tool: "graph.create_entities", args: { entities } }));
    const { data } = await connectors.call({ tool: "graph.search_nodes", args: { query: "Contoso" } });
    assert.deepEqual(data.entities, entities);
  });

  it("server-everything: texts and structures, over its own HTTP and with its own events", async () => {
    const { gate, connectors } = await join_("all", await startOverHttp("everything"), {
      reads: ["echo", "get-sum", "get-structured-content", "trigger-long-running-operation"],
    });
    assert.ok(gate.found.length >= 10);
    const call = (tool: string, args: Record<string, unknown>, deadlineMs = 10_000) =>
      connectors.call({ tool: `all.${tool}`, args, deadlineMs });
    assert.deepEqual((await call("echo", { message: "hello" })).data, { text: "Echo: hello" });
    assert.match(String((await call("get-sum", { a: 2, b: 3 })).data.text), /5/);
    assert.equal(typeof (await call("get-structured-content", { location: "Chicago" })).data.temperature, "number");
    await refuses(call("get-sum", { a: "two", b: 3 }), "refused");
    await refuses(call("trigger-long-running-operation", { duration: 30, steps: 3 }, 300), "not-done");
    assert.deepEqual((await call("echo", { message: "still here" })).data, { text: "Echo: still here" });
  });
});
