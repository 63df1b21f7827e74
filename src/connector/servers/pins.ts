// Keeps manifest/pins true for the sample company: `npm run pins` writes what its systems offer, and with --check it only says
// what differs. Whoever changes a tool reviews the change of its pin in the same commit.
import { readFileSync, writeFileSync } from "node:fs";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { openPool } from "../../store/pool.ts";
import { createLog } from "../../telemetry/log.ts";
import { type SystemName, systemNames } from "../system-names.ts";
import { type Definition, definitionOf } from "../tools/definition.ts";
import type { PinFile } from "../tools/pins.ts";
import { createMcpServer } from "./mcp-server.ts";
import { sampleTools } from "./sample-tools.ts";

const isCheck = process.argv.includes("--check");
const wrong: string[] = [];
for (const system of systemNames) {
  const file = `manifest/pins/${system}.json`;
  const text = `${JSON.stringify({ system, tools: await listed(system) } satisfies PinFile, null, 2)}\n`;
  if (!isCheck) writeFileSync(file, text);
  else if (readFileSync(file, "utf8").replaceAll("\r\n", "\n") !== text) wrong.push(file);
}
if (wrong.length > 0) {
  process.stderr.write(
    `${wrong.join(", ")}: not what the systems offer. Run "npm run pins" and review what it changes.\n`,
  );
  process.exitCode = 1;
}

/** The tools as a client is told of them: a pin is over what travels, not over our source. */
async function listed(system: SystemName): Promise<Definition[]> {
  // Listing asks no database, and so none is connected to.
  const pool = openPool("postgresql://127.0.0.1:1/none", { name: "pins" });
  const server = createMcpServer({ name: system, tools: sampleTools[system], pool }, createLog("silent"));
  const client = new Client({ name: "pins", version: "1.0.0" });
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  await Promise.all([server.connect(theirs), client.connect(ours)]);
  const { tools } = await client.listTools();
  await client.close();
  await pool.end();
  return tools.map(definitionOf).sort((a, b) => (a.name < b.name ? -1 : 1));
}
