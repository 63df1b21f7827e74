import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { messageOf, SignalboxError } from "../../errors.ts";
import type { Inventory } from "../inventory.ts";
import { Definition, fingerprintOf } from "./definition.ts";
import { type Named, nameFaults } from "./look-alikes.ts";

/** The tools of one system as they were reviewed with the code: manifest/pins/<system>.json. */
export const PinFile = z.strictObject({ system: z.string(), tools: z.array(Definition) });
export type PinFile = z.infer<typeof PinFile>;

/** A reviewed tool. */
export type Pin = Named & { definition: Definition };

/**
 * Reads what was reviewed with the code. A system without a file has no reviewed tool yet: its owner is asked about each.
 * @throws SignalboxError "pins-invalid" naming the file, what is wrong and the cure
 */
export function loadPins(folder: string, inventory: Inventory): Pin[] {
  const pins: Pin[] = [];
  for (const file of readdirSync(folder).sort()) {
    const path = join(folder, file);
    const parsed = PinFile.safeParse(readJson(path));
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw invalid(
        path,
        `${issue?.path.join(".")}: ${issue?.message}. Restore the file, or write it anew: npm run pins.`,
      );
    }
    const { system, tools } = parsed.data;
    if (file !== `${system}.json` || !inventory.has(system))
      throw invalid(path, `it is about "${system}": name it ${system}.json, and list the system in connectors.json.`);
    const listed = tools.map((definition) => ({
      ...{ system, tool: definition.name, definition },
      fingerprint: fingerprintOf(definition),
    }));
    const [fault] = nameFaults(listed, pins);
    if (fault !== undefined) throw invalid(path, `${fault}.`);
    pins.push(...listed);
  }
  return pins;
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw invalid(path, `it cannot be read: ${messageOf(error)}. Restore the file, or write it anew: npm run pins.`);
  }
}

function invalid(path: string, what: string): SignalboxError {
  return new SignalboxError("pins-invalid", `The reviewed tools in ${path} cannot be used: ${what}`);
}
