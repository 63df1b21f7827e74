import type { Call } from "./action.ts";

/**
 * Fills a compensating call from the result of the effect that it would undo: `$result.name` stands for a field of it, and
 * `$$` for a dollar sign.
 * What an undo will need is recorded with the effect (R4.6).
 */
export function fillCompensation(call: Call | null, result: Record<string, unknown>): Call | null {
  if (call === null) return null;
  const args = Object.entries(call.args).map(([name, value]) => {
    if (typeof value !== "string") return [name, value];
    if (value.startsWith("$result.")) return [name, result[value.slice("$result.".length)]];
    return [name, value.startsWith("$$") ? value.slice(1) : value];
  });
  return { tool: call.tool, args: Object.fromEntries(args) };
}
