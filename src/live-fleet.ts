import { PlanTemplate } from "./agent/plan-template.ts";
import type { Config } from "./config.ts";
import { messageOf } from "./errors.ts";
import type { Directory } from "./identity/directory.ts";
import { type Fleet, openFleet } from "./registry/fleet.ts";
import type { Registry } from "./registry/registry.ts";
import { FLEET_CHANNEL } from "./registry/versions/store.ts";
import { atFirst } from "./routing/at-first.ts";
import { entitiesOf } from "./routing/entities.ts";
import { modelsInFolder, oneAfterTheOther } from "./routing/models/folder.ts";
import { modelsIn } from "./routing/models/store.ts";
import { createRouter, type Router } from "./routing/router.ts";
import { openSource } from "./routing/sources.ts";
import { listen } from "./store/listen.ts";
import type { Pool } from "./store/pool.ts";
import type { Log } from "./telemetry/log.ts";

type Options = {
  pool: Pool;
  databaseUrl: string;
  config: Config;
  log: Log;
  /** as it stands in the files */
  filed: Registry;
  plans: ReadonlyMap<string, PlanTemplate>;
  directory: Directory;
  /** names of customers */
  customers: readonly string[];
};

/** The fleet, and the router that follows it: whatever any process changes in the registry, this one routes by at once. */
export async function openLiveFleet(
  options: Options,
): Promise<{ fleet: Fleet<PlanTemplate>; router: Router; stop(): Promise<void> }> {
  const { pool, databaseUrl, config, log, filed, plans, directory, customers } = options;
  const { tenantId } = config;
  const readPlan = (stored: unknown): PlanTemplate => PlanTemplate.parse(stored);
  const fleet = await openFleet({ pool, tenantId, registry: filed, plans, readPlan });
  const kept = modelsIn(pool, log);
  const folder = config.routing.models;
  const router = await createRouter(fleet.registry, {
    entities: entitiesOf(customers, directory),
    outside: config.routing.outside,
    models: folder === undefined ? kept : oneAfterTheOther([kept, modelsInFolder(folder, log)]),
    atFirst,
    source: openSource(config, { pool, log }),
    deadlineMs: config.routing.deadlineMs,
    onTrouble: (what, error) => log.warn({ error: messageOf(error) }, what),
  });
  // Read one after the other, so that the last one read is the newest; nobody waits for what the router learns of it.
  let reading = Promise.resolve();
  const follow = (): void => {
    reading = reading
      .then(async () => {
        if (!(await fleet.reload())) return;
        router.follow().catch((error: unknown) => log.error({ error: messageOf(error) }, "the router did not learn"));
      })
      .catch((error: unknown) => log.error({ error: messageOf(error) }, "the fleet could not be read"));
  };
  const listening = await listen(databaseUrl, FLEET_CHANNEL, follow, log);
  // What changed before it listened.
  follow();
  return {
    fleet,
    router,
    stop: async () => {
      await listening.stop();
      router.stop();
      await reading;
    },
  };
}
