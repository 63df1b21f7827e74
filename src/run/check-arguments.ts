import { z } from "zod";
import type { ToolInfo } from "../connector/client.ts";
import { messageOf } from "../errors.ts";

/** An amount of EUR as it may stand in a plan: "450", "450.00"; up to 999,999,999,999.99. */
const AMOUNT = /^\d{1,12}(\.\d{1,2})?$/;

/**
 * An amount is a decimal as text, or a whole number; never a float, which is another number than the one that was meant
 * (0.1 + 0.2), and never one that is negative, endless or written with an exponent.
 */
export function isAmount(value: unknown): boolean {
  if (typeof value === "number") return Number.isSafeInteger(value) && AMOUNT.test(String(value));
  return typeof value === "string" && AMOUNT.test(value);
}

const parsers = new WeakMap<object, z.ZodType | string>();

/**
 * Why a tool cannot be called with these arguments; undefined where they fit. A system may drop what it does not know without
 * a word: what people were shown and what runs would differ. So each argument must be one that the tool names, unless it says
 * that it takes any.
 */
export function wrongArguments(args: Readonly<Record<string, unknown>>, tool: ToolInfo): string | undefined {
  const { properties = {}, additionalProperties } = tool.inputSchema as {
    properties?: Record<string, unknown>;
    additionalProperties?: unknown;
  };
  const isOpen = additionalProperties === true;
  const unknown = Object.keys(args).find((name) => !isOpen && !Object.hasOwn(properties, name));
  if (unknown !== undefined) return `${tool.name} has no argument ${unknown}.`;
  const computed = Object.keys(tool.computed).find((name) => AMOUNTS.has(tool.computed[name] ?? ""));
  if (computed !== undefined && Object.hasOwn(args, computed) && !isAmount(args[computed]))
    return `${computed}: ${String(args[computed])} is not an amount: a decimal with at most two places, as text.`;
  const parser = parserOf(tool);
  if (typeof parser === "string") return parser;
  const parsed = parser.safeParse(args);
  if (parsed.success) return undefined;
  const [issue] = parsed.error.issues;
  return `${tool.name} cannot be called like this: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`;
}

/** Kinds of computed arguments that are amounts. */
const AMOUNTS: ReadonlySet<string> = new Set(["totals", "allocation", "tax", "fees", "interest"]);

function parserOf({ name, inputSchema }: ToolInfo): z.ZodType | string {
  const before = parsers.get(inputSchema);
  if (before !== undefined) return before;
  let parser: z.ZodType | string;
  try {
    parser = z.fromJSONSchema(inputSchema as Parameters<typeof z.fromJSONSchema>[0]);
  } catch (error) {
    // A schema that nobody can read describes no call that could be checked.
    parser = `${name} does not say in a way that can be read what it takes: ${messageOf(error)}`;
  }
  parsers.set(inputSchema, parser);
  return parser;
}
