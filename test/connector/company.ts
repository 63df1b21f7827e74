import { type Connectors, connectSystems, type ToolCall } from "../../src/connector/client.ts";
import { digestOf } from "../../src/connector/digest.ts";
import { loadInventory } from "../../src/connector/inventory.ts";
import { type Systems, startSystems } from "../../src/connector/systems.ts";
import type { Pool } from "../../src/store/pool.ts";
import { createLog } from "../../src/telemetry/log.ts";
import { createTestDatabase } from "../support/database.ts";

/** The sample company with its systems running and connected. */
export type Company = { url: string; pool: Pool; systems: Systems; connectors: Connectors; stop(): Promise<void> };

export const inventory = loadInventory("manifest/connectors.json");
export const silent = createLog("silent");

export async function startCompany(): Promise<Company> {
  const { url, pool, drop } = await createTestDatabase();
  const systems = await startSystems({ databaseUrl: url, log: silent });
  const connectors = await connectSystems({
    endpoints: systems.endpoints,
    inventory,
    log: silent,
    isElevated: () => Promise.resolve(true),
  });
  const stop = async () => {
    await connectors.close();
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
