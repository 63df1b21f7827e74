import { loadPlans } from "../../src/agent/plan-template.ts";
import { loadDirectory } from "../../src/identity/directory.ts";
import type { Registry } from "../../src/registry/registry.ts";
import { loadFiledFleet } from "../../src/registry-cli/filed-fleet.ts";
import { createRouter, type Router } from "../../src/routing/router.ts";

export const directory = loadDirectory("env/local/people.json");
export const plans = loadPlans("manifest/plans");
const filed = loadFiledFleet("manifest");
export const theEntities = filed.entities;

export function theRegistry(): Registry {
  return filed.registry;
}

let router: Promise<Router> | undefined;
/** The router of the fleet as it is registered, trained once. */
export function theRouter(): Promise<Router> {
  router ??= createRouter(theRegistry(), { entities: theEntities });
  return router;
}
