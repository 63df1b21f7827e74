import { type Config, readConfig } from "../config.ts";
import { SignalboxError } from "../errors.ts";
import { type Directory, loadDirectory } from "../identity/directory.ts";
import { loadPolicies } from "../policy/cedar.ts";
import { mayOperateFleet } from "../policy/may-operate.ts";
import { visitDatabase } from "../store/database.ts";
import { migrate } from "../store/migrate.ts";
import { openPool, type Pool } from "../store/pool.ts";
import { createLog } from "../telemetry/log.ts";

/** What a command works with that changes the fleet: the database of a running bot, or the same folder without one. */
export type Desk = { pool: Pool; config: Config; directory: Directory; operator: string };

/** @throws SignalboxError "operator-unknown" or "operator-refused": who may not change the fleet hears so before anything opens */
export async function atTheDesk(as: string | undefined, work: (desk: Desk) => Promise<number>): Promise<number> {
  const config = readConfig(process.env);
  const directory = loadDirectory(config.peopleFile);
  const person = as === undefined ? undefined : directory.byUpn(as);
  if (person?.kind !== "person" || !person.enabled)
    throw new SignalboxError(
      "operator-unknown",
      "Say who you are: --as, with an address of the people directory. Nothing was changed.",
    );
  const policies = loadPolicies("manifest/policies");
  if (!mayOperateFleet({ policies, tenantId: config.tenantId }, person).permitted)
    throw new SignalboxError(
      "operator-refused",
      "The platform team and security say who is in service. Nothing was changed.",
    );
  const log = createLog("warn");
  const database = await visitDatabase({ ...config, log });
  const pool = openPool(database.url, { name: "signalbox-registry", max: 2 });
  try {
    await migrate(pool, log);
    return await work({ pool, config, directory, operator: person.aadObjectId });
  } finally {
    await pool.end();
    await database.stop();
  }
}
