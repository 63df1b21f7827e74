import { LOCAL_TENANT } from "../../src/config.ts";
import { type Connectors, connectSystems, type ToolCall } from "../../src/connector/client.ts";
import { digestOf } from "../../src/connector/digest.ts";
import { loadInventory } from "../../src/connector/inventory.ts";
import { type Systems, startSystems } from "../../src/connector/systems.ts";
import { openToolGate, type ToolGate } from "../../src/connector/tools/gate.ts";
import { loadPins } from "../../src/connector/tools/pins.ts";
import { loadDirectory } from "../../src/identity/directory.ts";
import type { Pool } from "../../src/store/pool.ts";
import { createLog } from "../../src/telemetry/log.ts";
import { createTestDatabase } from "../support/database.ts";

/** The sample company with its systems running and connected. */
export type Company = { url: string; pool: Pool; systems: Systems; connectors: Connectors; stop(): Promise<void> };

export const directory = loadDirectory("env/local/people.json");
export const inventory = loadInventory("manifest/connectors.json", directory);
/** Lets every tool pass as reviewed: for what is not about reviews. */
export const trusting: ToolGate = { isReviewed: () => true, version: () => 0, quarantine: () => Promise.resolve() };
export const silent = createLog("silent");

export async function startCompany(): Promise<Company> {
  const { url, pool, drop } = await createTestDatabase();
  const systems = await startSystems({ databaseUrl: url, log: silent });
  const pins = loadPins("manifest/pins", inventory);
  const gate = await openToolGate({ pool, databaseUrl: url, tenantId: LOCAL_TENANT, pins, log: silent });
  const connectors = await connectSystems({
    ...{ endpoints: systems.endpoints, inventory, gate, log: silent },
    isElevated: () => Promise.resolve(true),
  });
  const stop = async () => {
    await connectors.close();
    await gate.stop();
    await systems.stop();
    await drop();
  };
  return { url, pool, systems, connectors, stop };
}

/** The call as a run makes it: with the right to make exactly this one. */
export function elevated(call: ToolCall): ToolCall {
  return {
    ...call,
    elevation: { actionId: "0c000000-0000-4000-8000-000000000001", digest: digestOf(call.tool, call.args) },
  };
}
