import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadPlans } from "../../src/agent/plan-template.ts";
import { loadDirectory } from "../../src/identity/directory.ts";
import type { Registry } from "../../src/registry/registry.ts";
import { loadFiledFleet } from "../../src/registry-cli/filed-fleet.ts";
import { modelsInFolder } from "../../src/routing/models/folder.ts";
import type { Trained } from "../../src/routing/recogniser/model.ts";
import { createRouter, type Router } from "../../src/routing/router.ts";
import { createLog } from "../../src/telemetry/log.ts";

export const directory = loadDirectory("env/local/people.json");
export const plans = loadPlans("manifest/plans");
const filed = loadFiledFleet("manifest");
export const theEntities = filed.entities;

export function theRegistry(): Registry {
  return filed.registry;
}

/** Models of the fleet by the hash of their lessons, for all processes of a test run, and the next run. */
export const shelf = join(tmpdir(), "signalbox-test-models");
const models = modelsInFolder(shelf, createLog("silent"));
let theKey = "";
let router: Promise<Router> | undefined;
/** The router of the fleet as it is registered, trained once. */
export function theRouter(): Promise<Router> {
  router ??= createRouter(theRegistry(), {
    entities: theEntities,
    models: {
      load: (key) => {
        theKey = key;
        return models.load(key);
      },
      save: models.save,
    },
  });
  return router;
}

/** What it learnt, and the hash of its lessons. */
export async function theModel(): Promise<{ key: string; trained: Trained }> {
  await theRouter();
  const trained = await models.load(theKey);
  if (trained === undefined) throw new Error("the router keeps its model");
  return { key: theKey, trained };
}
