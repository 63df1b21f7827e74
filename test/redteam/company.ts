import { isGranted } from "../../src/action/elevations/store.ts";
import { LOCAL_TENANT } from "../../src/config.ts";
import { type Connectors, connectSystems } from "../../src/connector/client.ts";
import type { Inventory } from "../../src/connector/inventory.ts";
import { startSystems } from "../../src/connector/systems.ts";
import { loadToolRegister } from "../../src/connector/tool-register.ts";
import { openToolGate } from "../../src/connector/tools/gate.ts";
import { loadPins } from "../../src/connector/tools/pins.ts";
import { type Engine, startEngine } from "../../src/engine/engine.ts";
import { openAuthority } from "../../src/identity/tokens/authority.ts";
import { loadPolicies, type Policies } from "../../src/policy/cedar.ts";
import { openPolicies } from "../../src/policy/in-force.ts";
import { approvalTimer } from "../../src/run/approval-timer.ts";
import type { RunPorts } from "../../src/run/ports.ts";
import { superstep } from "../../src/run/superstep.ts";
import type { Pool } from "../../src/store/pool.ts";
import { credentialsOf, directory, silent as log, trustIn } from "../connector/company.ts";
import { createTestDatabase } from "../support/database.ts";
import { actor } from "./plans.ts";

/** The parts that stand between a wish and its effect, all of them real: policies, runs, approvals, engine, systems. */
export type Company = {
  pool: Pool;
  ports: RunPorts;
  policies: Policies;
  connectors: Connectors;
  stop(): Promise<void>;
};

export const AGENT_VERSION = "redteam";

/** @param inventory what it says of the systems' data is what is tried */
export async function openCompany(inventory: Inventory): Promise<Company> {
  const { url: databaseUrl, pool, drop } = await createTestDatabase();
  const authority = await openAuthority(LOCAL_TENANT);
  const systems = await startSystems({ databaseUrl, log, trust: trustIn(authority) });
  const pins = loadPins("manifest/pins", inventory);
  const gate = await openToolGate({ pool, databaseUrl, tenantId: LOCAL_TENANT, pins, log });
  const connectors = await connectSystems({
    ...{ endpoints: systems.endpoints, inventory, gate, register: loadToolRegister("manifest/tools.json"), log },
    credentials: credentialsOf(authority, () => actor.tools),
    isElevated: (call) => isGranted(pool, LOCAL_TENANT, call),
  });
  const inForce = await openPolicies(pool, LOCAL_TENANT, loadPolicies("manifest/policies"));
  const { policies } = inForce;
  const nobodyElse = () => Promise.reject(new RangeError("there is one agent here"));
  const late: { engine?: Engine } = {};
  const ports: RunPorts = {
    ...{ tenantId: LOCAL_TENANT, pool, connectors, policies, log, approvalHours: 24 },
    policiesInForce: inForce.at,
    directory,
    engine: { enqueue: async (tx, job) => late.engine?.enqueue(tx, job) },
    // Nobody looks at cards here, so nobody approves anything.
    announce: () => Promise.resolve(),
    servingVersion: () => AGENT_VERSION,
    agentAt: () => Promise.resolve({ actor, name: "Obedient", owner: "jonas.weber@contoso.example", mayAct: true }),
    ...{ consult: nobodyElse, planFor: nobodyElse, replan: nobodyElse },
  };
  late.engine = await startEngine({
    ...{ databaseUrl, pool, log, alone: true },
    workflows: [superstep(() => ports), approvalTimer(() => ports)],
  });
  const { engine } = late;
  const stop = async () => {
    await engine.stop({ drainMs: 5_000 });
    await connectors.close();
    await gate.stop();
    await systems.stop();
    await drop();
  };
  return { pool, ports, policies, connectors, stop };
}
