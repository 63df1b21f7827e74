// A process that starts the systems and tells which process they are; the test kills it.
import { startSystems } from "../../src/connector/systems.ts";
import { openAuthority } from "../../src/identity/tokens/authority.ts";
import { createLog } from "../../src/telemetry/log.ts";

const { issuer, keys } = await openAuthority("test");
const trust = { tenantId: "test", own: { issuer, keys: keys() } };
const systems = await startSystems({ databaseUrl: process.env.COMPANY_URL ?? "", log: createLog("silent"), trust });
process.send?.(systems.pid());
