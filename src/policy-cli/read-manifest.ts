import { join } from "node:path";
import type { PlanTemplate } from "../agent/plan-template.ts";
import { type Inventory, loadInventory } from "../connector/inventory.ts";
import { loadToolRegister, type ToolRegister } from "../connector/tool-register.ts";
import type { Directory } from "../identity/directory.ts";
import { loadPolicies, type Policies } from "../policy/cedar.ts";
import type { Registry } from "../registry/registry.ts";
import { inManifest, loadFiles } from "../registry-cli/filed-fleet.ts";

/** Everything that a verdict depends on, as the files have it: no database and no system is asked. */
export type Manifest = {
  registry: Registry;
  plans: ReadonlyMap<string, PlanTemplate>;
  directory: Directory;
  policies: Policies;
  register: ToolRegister;
  inventory: Inventory;
};

/** @throws SignalboxError "manifest-missing", and whatever records, plans, people, tools and policies have for errors */
export function readManifest(manifest: string): Manifest {
  return inManifest(() => {
    const files = loadFiles(manifest);
    return {
      ...files,
      policies: loadPolicies(join(manifest, "policies")),
      register: loadToolRegister(join(manifest, "tools.json")),
      inventory: loadInventory(join(manifest, "connectors.json"), files.directory),
    };
  });
}
