import { z } from "zod";
import { Origin } from "./label.ts";

/** Where the values of a scope come from (R11.4). What is not named here is told by the value and the tool that gave it. */
export const ScopeOrigins = z.strictObject({
  /** slots that the person did not fill with their own words */
  slots: z.record(z.string(), z.array(Origin)),
  /** which tool gave what is known of a step, and when (ISO instant) */
  steps: z.record(z.string(), z.strictObject({ tool: z.string(), at: z.string().optional() })),
  computed: z.record(z.string(), z.array(Origin)),
  /** the same as of steps, for what the coordinator knows of its cluster; absent where that is not at hand any more */
  cluster: z.record(z.string(), z.strictObject({ tool: z.string(), at: z.string() })).optional(),
  /** of all that a model had before it when it said what it wishes */
  model: z.array(Origin).optional(),
});
export type ScopeOrigins = z.infer<typeof ScopeOrigins>;

export const nothingRead = (): ScopeOrigins => ({ slots: {}, steps: {}, computed: {} });
