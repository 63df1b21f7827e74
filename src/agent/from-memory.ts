import { day } from "../action/values.ts";
import type { Remembered } from "../memory/fact.ts";
import type { Origin } from "../trust/label.ts";
import type { PlanTemplate } from "./plan-template.ts";
import type { Source } from "./reply.ts";

/** Organisational memory: lists by name, and which tool gave each and when (ISO instant). */
export type Grounding = { known: Record<string, unknown>; read: Record<string, { tool: string; at: string }> };

/** One thing that memory holds, with where it once came from. */
export type Kept = { text: string; origin: Origin };

/** Names of what is no system: what the requester had kept, and what the organisation knows of itself (R10). */
export const OWN_MEMORY = "memory";
export const ORGANISATION = "organisation/";

/** The sources that an answer or a proposal owes to memory: cited beside the systems that were read. */
export function memorySources(plan: PlanTemplate, grounding: Grounding, remembered: readonly Remembered[]): Source[] {
  return [
    ...(usesGrounding(plan) ? Object.values(grounding.read).map(ofOrganisation) : []),
    ...remembered.map(({ keptAt }) => ({ system: OWN_MEMORY, tool: OWN_MEMORY, at: isoOf(keptAt) })),
  ];
}

/** "From memory: “my customer” means Fabrikam, kept on 21 Nov 2026". */
export function asFact({ name, value, trust, keptAt }: Remembered): { label: string; value: string } {
  const doubt = trust === "low" ? ", read somewhere and agreed to by you" : "";
  return { label: "From memory", value: `“${name}” means ${value}, kept on ${day(isoOf(keptAt))}${doubt}` };
}

function ofOrganisation({ tool, at }: { tool: string; at: string }): Source {
  const [system = ""] = tool.split(".");
  return { system: `${ORGANISATION}${system}`, tool, at };
}

/** Where what was kept may be relied on: the person's own words as theirs; what was only read somewhere never, whoever agreed. */
export function originOf({ trust, keptAt }: Remembered): Origin {
  return { label: trust === "low" ? "untrusted" : "person", channel: "memory", source: OWN_MEMORY, at: isoOf(keptAt) };
}

/** The same for a model. */
export function keptFor(fact: Remembered): Kept {
  return { text: `“${fact.name}” means ${fact.value}`, origin: originOf(fact) };
}

function usesGrounding({ compute, checks, answer, steps }: PlanTemplate): boolean {
  return /[$"{]cluster\./.test(JSON.stringify([compute, checks, answer, steps]));
}

/** Moments that waited for a detail come back from the database as texts. */
function isoOf(moment: Date | string): string {
  return new Date(moment).toISOString();
}
