import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { loadPlans, type PlanTemplate } from "../agent/plan-template.ts";
import { readConfig } from "../config.ts";
import { SignalboxError } from "../errors.ts";
import { type Directory, loadDirectory } from "../identity/directory.ts";
import { loadRegistry, type Registry } from "../registry/registry.ts";
import { entitiesOf } from "../routing/entities.ts";
import type { Entities } from "../routing/normalise.ts";
import type { Trained } from "../routing/recogniser/model.ts";
import { createRouter, type Router } from "../routing/router.ts";

/** The fleet as the files have it, and the names that its router is trained with: no database, no system is asked. */
export type FiledFleet = { registry: Registry; entities: Entities };

/** Stands in for the CRM, which the bot asks. */
const CUSTOMERS = "env/local/data/crm/customer.json";
const Customers = z.array(z.object({ name: z.string().min(1) }));

/** @throws whatever `loadFiles` and the list of customers have for errors */
export function loadFiledFleet(manifest: string): FiledFleet {
  const { registry, directory } = loadFiles(manifest);
  return { registry, entities: entitiesOf(customerNames(), directory) };
}

/**
 * @param manifest the folder with agents/ and plans/
 * @param today where records are about to be registered: see `Surroundings`
 * @throws SignalboxError "manifest-missing", and whatever records, plans and people have for errors
 */
export function loadFiles(
  manifest: string,
  today?: string,
): {
  registry: Registry;
  plans: ReadonlyMap<string, PlanTemplate>;
  directory: Directory;
} {
  const directory = loadDirectory(readConfig(process.env).peopleFile);
  return inManifest(() => {
    const plans = loadPlans(join(manifest, "plans"));
    const folder = join(manifest, "agents");
    return { registry: loadRegistry({ folder, directory, plans, ...(today && { today }) }), plans, directory };
  });
}

/** @throws SignalboxError "manifest-missing" where a file or folder is not there */
export function inManifest<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    const cure = "Name the folder that holds agents and plans with --manifest.";
    throw new SignalboxError("manifest-missing", `${error.message}. ${cure}`, { cause: error });
  }
}

/** The product's own router, and the model that it works with. Training takes some seconds. */
export async function trainFleet({ registry, entities }: FiledFleet): Promise<{ router: Router; trained: Trained }> {
  const saved: Trained[] = [];
  const models = { load: async () => undefined, save: async (_: string, made: Trained) => void saved.push(made) };
  const router = await createRouter(registry, { entities, models });
  const [trained] = saved;
  if (trained === undefined) throw new Error("unreachable: a router is there once its model is saved");
  return { router, trained };
}

function customerNames(): string[] {
  try {
    return Customers.parse(JSON.parse(readFileSync(CUSTOMERS, "utf8"))).map(({ name }) => name);
  } catch (cause) {
    throw new SignalboxError(
      "customers-unreadable",
      `${CUSTOMERS} cannot be read, or is no list of customers with names. Run this in the root of the repository.`,
      { cause },
    );
  }
}
