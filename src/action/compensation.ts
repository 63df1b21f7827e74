import type { Call } from "./action.ts";

/**
 * Fills a compensating call from the result of the effect that it would undo: `$result.name` stands for a field of it.
 * What an undo will need is recorded with the effect (R4.6).
 */
export function fillCompensation(call: Call | null, result: Record<string, unknown>): Call | null {
  if (call === null) return null;
  const args = Object.entries(call.args).map(([name, value]) => [
    name,
    typeof value === "string" && value.startsWith("$result.") ? result[value.slice("$result.".length)] : value,
  ]);
  return { tool: call.tool, args: Object.fromEntries(args) };
}
