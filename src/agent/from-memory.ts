import { day } from "../action/values.ts";
import type { Remembered } from "../memory/fact.ts";
import type { PlanTemplate } from "./plan-template.ts";
import type { Source } from "./reply.ts";

/** Organisational memory: lists by name, and where and when they were read. */
export type Grounding = { known: Record<string, unknown>; sources: Source[] };

/** Names of what is no system: what the requester had kept, and what the organisation knows of itself (R10). */
export const OWN_MEMORY = "memory";
export const ORGANISATION = "organisation/";

/** The sources that an answer or a proposal owes to memory: cited beside the systems that were read. */
export function memorySources(plan: PlanTemplate, grounding: Grounding, remembered: readonly Remembered[]): Source[] {
  return [
    ...(usesGrounding(plan) ? grounding.sources : []),
    ...remembered.map(({ keptAt }) => ({ system: OWN_MEMORY, tool: OWN_MEMORY, at: isoOf(keptAt) })),
  ];
}

/** "From memory: “my customer” means Fabrikam, kept on 21 Nov 2026". */
export function asFact({ name, value, trust, keptAt }: Remembered): { label: string; value: string } {
  const doubt = trust === "low" ? ", read somewhere and agreed to by you" : "";
  return { label: "From memory", value: `“${name}” means ${value}, kept on ${day(isoOf(keptAt))}${doubt}` };
}

function usesGrounding({ compute, checks, answer, steps }: PlanTemplate): boolean {
  return /[$"{]cluster\./.test(JSON.stringify([compute, checks, answer, steps]));
}

/** Moments that waited for a detail come back from the database as texts. */
function isoOf(moment: Date | string): string {
  return new Date(moment).toISOString();
}
