import { readFileSync } from "node:fs";
import { z } from "zod";
import { SignalboxError } from "../errors.ts";
import { classifications } from "../identity/classification.ts";
import { SystemTrust } from "../trust/read.ts";

/** One system that agents may reach. What is not in the inventory is not connected to. */
const Entry = z.strictObject({
  system: z.string().regex(/^[a-z][a-z0-9-]*$/, "must be a short name in lower case"),
  title: z.string().min(1),
  purpose: z.string().min(1),
  /** upn of the person who answers for it */
  owner: z.email(),
  /** the class of its data, of which manifest/tools.json says no more */
  dataClassification: z.enum(classifications),
  /** the only hosts to which its address may point */
  hosts: z.array(z.string().min(1)).min(1),
  /** what of its data may be relied on; where this is not said, nothing */
  trust: SystemTrust.optional(),
});
export type InventoryEntry = z.infer<typeof Entry>;
export type Inventory = ReadonlyMap<string, InventoryEntry>;

/** @throws SignalboxError "inventory-invalid" naming the entry, the field and the cure */
export function loadInventory(file: string): Inventory {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    const why = cause instanceof SyntaxError ? "is not valid JSON" : "cannot be read";
    throw new SignalboxError("inventory-invalid", `The inventory of connectors ${file} ${why}: mend it.`, { cause });
  }
  const parsed = z.array(Entry).safeParse(json);
  if (!parsed.success) {
    const lines = parsed.error.issues.slice(0, 10).map((issue) => `  entry ${issue.path.join(".")}: ${issue.message}`);
    throw new SignalboxError(
      "inventory-invalid",
      `The inventory of connectors ${file} has errors:\n${lines.join("\n")}`,
    );
  }
  const inventory = new Map(parsed.data.map((entry) => [entry.system, entry]));
  if (inventory.size < parsed.data.length)
    throw new SignalboxError("inventory-invalid", `${file} names a system twice: keep one entry of each.`);
  return inventory;
}
