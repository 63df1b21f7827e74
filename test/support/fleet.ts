import { loadPlans } from "../../src/agent/plan-template.ts";
import { loadDirectory } from "../../src/identity/directory.ts";
import type { Registry } from "../../src/registry/registry.ts";
import { loadFiledFleet } from "../../src/registry-cli/filed-fleet.ts";
import type { Trained } from "../../src/routing/model.ts";
import { createRouter, type Router } from "../../src/routing/router.ts";

export const directory = loadDirectory("env/local/people.json");
export const plans = loadPlans("manifest/plans");
const filed = loadFiledFleet("manifest");
export const theEntities = filed.entities;

export function theRegistry(): Registry {
  return filed.registry;
}

const models = new Map<string, Trained>();
let router: Promise<Router> | undefined;
/** The router of the fleet as it is registered, trained once. */
export function theRouter(): Promise<Router> {
  router ??= createRouter(theRegistry(), {
    entities: theEntities,
    models: { load: async (key) => models.get(key), save: async (key, trained) => void models.set(key, trained) },
  });
  return router;
}

/** What it learnt, by the hash of its lessons. */
export async function theModels(): Promise<ReadonlyMap<string, Trained>> {
  await theRouter();
  return models;
}
