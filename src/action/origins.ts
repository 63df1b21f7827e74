import type { ToolInfo } from "../connector/client.ts";
import { merged, type Origin, SAID, UNKNOWN } from "../trust/label.ts";
import { originOfSystem, originsOfRead, type ReadBy } from "../trust/read.ts";
import { resolve, type Scope } from "./values.ts";

type Tools = readonly Pick<ToolInfo, "name" | "trust">[];

/**
 * Where the value of an argument comes from: nowhere for a literal, and for a reference wherever that leads. A reference of
 * which nobody can say it is untrusted.
 */
export function originsOf(value: unknown, scope: Scope, tools: Tools): Origin[] {
  if (typeof value !== "string" || !value.startsWith("$") || value.startsWith("$$")) return [];
  return originsAt(value.slice(1), scope, tools);
}

/** The same for all places of a text such as "Pay {slots.amount} to {steps.v.name}". */
export function originsOfText(text: string, scope: Scope, tools: Tools): Origin[] {
  return merged(...[...text.matchAll(/\{([\w.]+)/g)].map(([, path = ""]) => originsAt(path, scope, tools)));
}

function originsAt(path: string, scope: Scope, tools: Tools): Origin[] {
  const [root = "", name = "", ...rest] = path.split(".");
  const { origins } = scope;
  switch (root) {
    case "today":
      return [];
    case "requester":
      return [SAID];
    case "slots":
      return origins?.slots[name] ?? [SAID];
    case "model":
      return origins?.model ?? [UNKNOWN];
    case "computed":
      return origins?.computed[name] ?? [UNKNOWN];
    case "steps":
    case "cluster": {
      const by = readBy(root, name, scope, tools);
      const field = rest.findLast((key) => !/^\d+$/.test(key)) ?? "";
      return by === undefined ? [UNKNOWN] : originsOfRead(by, field, resolve(`$${path}`, scope));
    }
    default:
      return [UNKNOWN];
  }
}

function readBy(root: "steps" | "cluster", name: string, { origins }: Scope, tools: Tools): ReadBy | undefined {
  const read = origins?.[root]?.[name];
  if (read === undefined) return undefined;
  const [system = ""] = read.tool.split(".");
  return { system, tool: read.tool, at: read.at, trust: tools.find((one) => one.name === read.tool)?.trust };
}

/** Of one column of a list that a reference stands for. */
export function originsOfColumn(reference: string, column: string, scope: Scope, tools: Tools): Origin[] {
  const rows = resolve(reference, scope);
  const by = readByOf(reference, scope, tools);
  if (by === undefined || !Array.isArray(rows)) return originsOf(reference, scope, tools);
  return merged(...rows.map((row: Record<string, unknown>) => originsOfRead(by, column, row[column])));
}

/** Of how many rows a list has. */
export function originsOfCount(reference: string, scope: Scope, tools: Tools): Origin[] {
  const by = readByOf(reference, scope, tools);
  return by === undefined ? originsOf(reference, scope, tools) : [originOfSystem(by)];
}

function readByOf(reference: string, scope: Scope, tools: Tools): ReadBy | undefined {
  const [root, name = ""] = reference.slice(1).split(".");
  return root === "steps" || root === "cluster" ? readBy(root, name, scope, tools) : undefined;
}
