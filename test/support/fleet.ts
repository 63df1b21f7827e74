import { readFileSync } from "node:fs";
import { loadPlans } from "../../src/agent/plan-template.ts";
import { loadDirectory } from "../../src/identity/directory.ts";
import { loadRegistry, type Registry } from "../../src/registry/registry.ts";
import { createRouter, type Router } from "../../src/routing/router.ts";

export const directory = loadDirectory("env/local/people.json");
export const plans = loadPlans("manifest/plans");

export function theRegistry(): Registry {
  return loadRegistry({ folder: "manifest/agents", directory, plans });
}

let router: Promise<Router> | undefined;
/** The router of the fleet as it is registered, trained once. */
export function theRouter(): Promise<Router> {
  const customers: { name: string }[] = JSON.parse(readFileSync("env/local/data/crm/customer.json", "utf8"));
  router ??= createRouter(theRegistry(), {
    entities: {
      customer: customers.map(({ name }) => name),
      person: directory.people.map(({ name }) => name),
      department: [...new Set(directory.people.map(({ department }) => department))],
    },
  });
  return router;
}
