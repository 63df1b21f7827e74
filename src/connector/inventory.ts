import { readFileSync } from "node:fs";
import { z } from "zod";
import { SignalboxError } from "../errors.ts";
import { classifications } from "../identity/classification.ts";
import type { Directory } from "../identity/directory.ts";
import { SystemTrust } from "../trust/read.ts";
import { isCidr } from "./egress/address.ts";

/** Where the connector of a system may go. What is not listed is refused before a byte has left. */
const EgressRule = z.strictObject({
  /** the only hosts to which its address may point */
  hosts: z.array(z.string().min(1)).min(1),
  /** blocks outside the public internet that it may reach, "127.0.0.1/32"; none where it is absent */
  privateAddresses: z.array(z.string().refine(isCidr, "must be a block such as 10.20.0.0/16")).default([]),
});

/**
 * As whom a system is spoken to. "bearer": as the version of the agent that calls, by a token for this system alone;
 * `onBehalfOf` names the tools for which that token is also on behalf of the person who asks, and which nobody calls without
 * one: what is private to people, so that the system itself can look who may know it. "none": as nobody.
 */
const Identity = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("bearer"),
    /** what its tokens of our own authority call it (RFC 8707: its URL, for most that know OAuth); absent: its name here */
    resource: z.url().optional(),
    onBehalfOf: z.array(z.string().min(1)).optional(),
  }),
  z.strictObject({ kind: z.literal("none") }),
]);

/** One system that agents may reach. What is not in the inventory is not connected to. */
const Entry = z.strictObject({
  system: z.string().regex(/^[a-z][a-z0-9-]*$/, "must be a short name in lower case"),
  title: z.string().min(1),
  purpose: z.string().min(1),
  /** upn of the person who answers for it, and reviews its tools */
  owner: z.email().toLowerCase(),
  /** the class of its data, of which manifest/tools.json says no more */
  dataClassification: z.enum(classifications),
  /** its address; "sample" where Signalbox itself starts it, at an address of each start */
  endpoint: z.union([z.literal("sample"), z.url({ protocol: /^https?$/ })]),
  /** the company runs it itself; otherwise whatever it is asked leaves the company, in the arguments of a read, too */
  inside: z.boolean().optional(),
  egress: EgressRule,
  identity: Identity,
  /** what may be asked of it; without "write" nothing of it is ever changed */
  scopes: z.array(z.enum(["read", "write"])).min(1),
  /** tools of a system that does not say itself which of them only read: those that its owner found to. All others count as destructive. */
  reads: z.array(z.string().min(1)).default([]),
  /** what of its data may be relied on; where this is not said, nothing */
  trust: SystemTrust.optional(),
});
export type InventoryEntry = z.infer<typeof Entry>;
export type Inventory = ReadonlyMap<string, InventoryEntry>;

/** @throws SignalboxError "inventory-invalid" naming the entry, the field and the cure */
export function loadInventory(file: string, directory: Directory): Inventory {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    const why = cause instanceof SyntaxError ? "is not valid JSON" : "cannot be read";
    throw new SignalboxError("inventory-invalid", `The inventory of connectors ${file} ${why}: mend it.`, { cause });
  }
  const parsed = z.array(Entry).safeParse(json);
  const faults = parsed.success
    ? [...twins(parsed.data), ...parsed.data.flatMap((entry) => entryFaults(entry, directory))]
    : parsed.error.issues.map((issue) => `entry ${issue.path.join(".")}: ${issue.message}`);
  if (!parsed.success || faults.length > 0) {
    const lines = faults.slice(0, 10).map((fault) => `  ${fault}`);
    throw new SignalboxError(
      "inventory-invalid",
      `The inventory of connectors ${file} has errors:\n${lines.join("\n")}`,
    );
  }
  return new Map(parsed.data.map((entry) => [entry.system, entry]));
}

/** Names that differ only in their dashes would make tools of two systems look alike: "erp" and "er-p". */
function twins(entries: readonly InventoryEntry[]): string[] {
  const seen = new Map<string, string>();
  return entries.flatMap(({ system }) => {
    const plain = system.replaceAll("-", "");
    const other = seen.get(plain);
    seen.set(plain, system);
    if (other === undefined) return [];
    return [
      other === system
        ? `it names a system twice: keep one entry of ${system}`
        : `${system} looks like ${other}: rename one`,
    ];
  });
}

/** Somebody who has left is no fault of the file: the platform team reviews then. Nobody at all, or a mailbox, is. */
function entryFaults({ system, owner, endpoint, egress }: InventoryEntry, directory: Directory): string[] {
  const faults: string[] = [];
  if (directory.byUpn(owner)?.kind !== "person")
    faults.push(`${system}: owner ${owner} is no person of the people directory: name one who answers for it`);
  if (endpoint !== "sample" && !egress.hosts.includes(new URL(endpoint).hostname))
    faults.push(
      `${system}: endpoint ${endpoint} is not at one of its egress hosts: list the host, or mend the address`,
    );
  return faults;
}
