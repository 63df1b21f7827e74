import { LOCAL_TENANT } from "../../src/config.ts";
import { type Connectors, connectSystems, type ToolCall } from "../../src/connector/client.ts";
import type { Credentials } from "../../src/connector/credentials.ts";
import { digestOf } from "../../src/connector/digest.ts";
import { loadInventory } from "../../src/connector/inventory.ts";
import { type Systems, startSystems } from "../../src/connector/systems.ts";
import { openToolGate, type ToolGate } from "../../src/connector/tools/gate.ts";
import { loadPins } from "../../src/connector/tools/pins.ts";
import { loadDirectory } from "../../src/identity/directory.ts";
import { type Authority, openAuthority } from "../../src/identity/tokens/authority.ts";
import { cacheTokens } from "../../src/identity/tokens/cache.ts";
import { type Principal, platform } from "../../src/identity/tokens/principal.ts";
import type { Trust } from "../../src/identity/tokens/verify.ts";
import type { Pool } from "../../src/store/pool.ts";
import { createLog } from "../../src/telemetry/log.ts";
import { createTestDatabase } from "../support/database.ts";

/** The sample company with its systems running and connected. */
export type Company = {
  url: string;
  pool: Pool;
  systems: Systems;
  connectors: Connectors;
  authority: Authority;
  stop(): Promise<void>;
};

export const TENANT = "c0a80000-0000-4000-8000-00000000c070";
export const trustIn = ({ issuer, keys }: Authority): Trust => ({ tenantId: TENANT, own: { issuer, keys: keys() } });

/** Calls as one agent whose record lists every tool, so that what a tool does can be tested for itself. */
export function credentialsOf(authority: Authority, tools: () => readonly string[]): Credentials {
  const all = (): Principal => ({ ...platform([]), id: AGENT, agentId: AGENT, agentVersion: "1", roles: tools() });
  return {
    tokens: cacheTokens(authority.tokens),
    elevate: authority.elevate,
    principalOf: async (by) => (by === undefined ? platform([...inventory.keys(), "rude"]) : all()),
  };
}
const AGENT = "0a000000-0000-4000-8000-000000000001";
/** The agent of `credentialsOf`. */
export const by = { agentId: AGENT, version: "1" };

export const directory = loadDirectory("env/local/people.json");
/** Amara Diallo, who works in HR: what is private to people is told to her. */
export const inHr = directory.byUpn("amara.diallo@contoso.example")?.aadObjectId ?? "";
export const inventory = loadInventory("manifest/connectors.json", directory);
/** Lets every tool pass as reviewed: for what is not about reviews. */
export const trusting: ToolGate = { isReviewed: () => true, version: () => 0, quarantine: () => Promise.resolve() };
export const silent = createLog("silent");

/** @param now the clock of whoever signs tokens */
export async function startCompany(now: () => number = Date.now): Promise<Company> {
  const { url, pool, drop } = await createTestDatabase();
  const authority = await openAuthority(TENANT, now);
  const systems = await startSystems({ databaseUrl: url, log: silent, trust: trustIn(authority) });
  const pins = loadPins("manifest/pins", inventory);
  const gate = await openToolGate({ pool, databaseUrl: url, tenantId: LOCAL_TENANT, pins, log: silent });
  const connectors: Connectors = await connectSystems({
    ...{ endpoints: systems.endpoints, inventory, gate, log: silent },
    isElevated: () => Promise.resolve(true),
    credentials: credentialsOf(authority, () => connectors.tools().map(({ name }) => name)),
  });
  authority.onKeys((keys) => systems.trust({ tenantId: TENANT, own: { issuer: authority.issuer, keys } }));
  const stop = async () => {
    await connectors.close();
    await gate.stop();
    await systems.stop();
    await drop();
  };
  return { url, pool, systems, connectors, authority, stop };
}

/** The call as a run makes it: with the right to make exactly this one. */
export function elevated(call: ToolCall): ToolCall {
  return {
    by,
    ...call,
    elevation: { actionId: "0c000000-0000-4000-8000-000000000001", digest: digestOf(call.tool, call.args) },
  };
}
