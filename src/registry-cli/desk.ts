import { type Config, readConfig } from "../config.ts";
import { SignalboxError } from "../errors.ts";
import { type Directory, loadDirectory, type Person } from "../identity/directory.ts";
import { loadPolicies } from "../policy/cedar.ts";
import { mayOperateFleet } from "../policy/may-operate.ts";
import type { AgentRecord } from "../registry/agent-record.ts";
import type { Mover } from "../registry/lifecycle.ts";
import { visitDatabase } from "../store/database.ts";
import { migrate } from "../store/migrate.ts";
import { openPool, type Pool } from "../store/pool.ts";
import { createLog } from "../telemetry/log.ts";

/** What a command reads: the registry of a running bot, or that of the same folder without one. */
export type ReadingRoom = { pool: Pool; config: Config; directory: Directory };

/** What a command works with that changes the fleet. */
export type Desk = ReadingRoom & {
  person: Person;
  /** the platform team and security; others may at most do something about what is theirs */
  mayOperate: boolean;
};

export async function inTheRegistry(work: (room: ReadingRoom) => Promise<number>): Promise<number> {
  const config = readConfig(process.env);
  const directory = loadDirectory(config.peopleFile);
  const log = createLog("warn");
  const database = await visitDatabase({ ...config, log });
  const pool = openPool(database.ownerUrl, { name: "signalbox-registry", max: 2 });
  try {
    await migrate(pool, log);
    return await work({ pool, config, directory });
  } finally {
    await pool.end();
    await database.stop();
  }
}

/**
 * @param options.operatorsOnly for what concerns the whole fleet
 * @throws SignalboxError "operator-unknown" or "operator-refused": who may not change the fleet hears so before anything opens
 */
export async function atTheDesk(
  as: string | undefined,
  work: (desk: Desk) => Promise<number>,
  { operatorsOnly = false } = {},
): Promise<number> {
  const { peopleFile, tenantId } = readConfig(process.env);
  const person = as === undefined ? undefined : loadDirectory(peopleFile).byUpn(as);
  if (person?.kind !== "person" || !person.enabled)
    throw new SignalboxError(
      "operator-unknown",
      "Say who you are: --as, with an address of the people directory. Nothing was changed.",
    );
  const mayOperate = mayOperateFleet({ policies: loadPolicies("manifest/policies"), tenantId }, person).permitted;
  if (operatorsOnly && !mayOperate) throw refused();
  return inTheRegistry((room) => work({ ...room, person, mayOperate }));
}

/**
 * As what somebody changes the status of this agent: its owner has the say that only an owner has, also where they may operate
 * the fleet. @throws SignalboxError "operator-refused"
 */
export function moverOf({ person, mayOperate, directory }: Desk, agent: AgentRecord): Mover {
  if (directory.byUpn(agent.owner_upn)?.aadObjectId === person.aadObjectId) return "owner";
  if (mayOperate) return "operator";
  throw refused();
}

function refused(): SignalboxError {
  return new SignalboxError(
    "operator-refused",
    "The platform team and security say who is in service, and the owner of an agent about that one. Nothing was changed.",
  );
}
