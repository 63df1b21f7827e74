import { z } from "zod";

/**
 * How far a value may be relied on, the least first. `untrusted`: text that anybody may have written, such as mails, documents,
 * descriptions and notes; `record`: data that a system of record keeps in a fixed form; `person`: what the person who asks has
 * said themselves. What nothing was derived from is declared, in a plan that people have reviewed, and needs no label.
 */
export const Label = z.enum(["untrusted", "record", "person"]);
export type Label = z.infer<typeof Label>;

/** By which way a value came in. */
const Channel = z.enum(["person", "record", "text", "document", "memory", "agent", "model", "unknown"]);

/** Where a value comes from: `tool` and `field` where it was read, `at` as an ISO instant. */
export const Origin = z.strictObject({
  label: Label,
  channel: Channel,
  /** a system ("crm"), or whoever said it */
  source: z.string(),
  tool: z.string().optional(),
  field: z.string().optional(),
  at: z.string().optional(),
});
export type Origin = z.infer<typeof Origin>;

/** The person who asks, in their own words. */
export const SAID: Origin = { label: "person", channel: "person", source: "person" };

/** Whatever cannot say where it comes from. */
export const UNKNOWN: Origin = { label: "untrusted", channel: "unknown", source: "unknown" };

/** What is derived from several values may be relied on no more than the least of them (R11.4). */
export function lowest(origins: readonly Origin[]): Label | undefined {
  return Label.options.find((label) => origins.some((one) => one.label === label));
}

export function isUntrusted(origins: readonly Origin[]): boolean {
  return lowest(origins) === "untrusted";
}

/** The same origins, each once. */
export function merged(...lists: readonly (readonly Origin[])[]): Origin[] {
  const seen = new Map(lists.flat().map((one) => [JSON.stringify(Object.entries(one).sort()), one]));
  return [...seen.values()];
}
