// A process that starts the systems and tells which process they are; the test kills it.
import { startSystems } from "../../src/connector/systems.ts";
import { createLog } from "../../src/telemetry/log.ts";

const systems = await startSystems({ databaseUrl: process.env.COMPANY_URL ?? "", log: createLog("silent") });
process.send?.(systems.pid());
