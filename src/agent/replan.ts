import type { Denied } from "../run/denied.ts";
import type { Plan } from "../run/plan.ts";
import { work } from "./planner.ts";
import type { PlannerInput, PlannerPorts } from "./planner-input.ts";
import { extractSlots } from "./slots.ts";

/**
 * Makes a plan again after somebody has changed what it was filled with: everything is looked up, computed and checked
 * afresh, so that what is shown and what runs belong together.
 * @param changes slot → what was typed for it
 * @returns the plan, or why it cannot be made that way; `denied`: by policy
 */
export async function replan(
  input: Omit<PlannerInput, "text" | "asked">,
  changes: Record<string, string>,
  ports: PlannerPorts,
): Promise<Plan | { refused: string; denied?: Denied | undefined }> {
  let { known } = input;
  const slotOrigins = { ...input.slotOrigins };
  const context = { today: input.today, requester: input.requester, vocabulary: ports.vocabulary };
  for (const [slot, typed] of Object.entries(changes)) {
    if (input.plan.slots[slot] === undefined) return { refused: `The plan has no ${slot}.` };
    const { [slot]: _, ...others } = known;
    const { values, missing } = extractSlots(input.plan, typed, context, others, slot);
    if (missing.includes(slot) || !(slot in values))
      return { refused: `“${typed.slice(0, 60)}” is not what ${slot} can be.` };
    known = values;
    // Whoever decides has typed it: it is nobody else's text any more.
    delete slotOrigins[slot];
  }
  const reply = await work({ ...input, known, slotOrigins, text: "", asked: undefined }, ports);
  switch (reply.kind) {
    case "proposal":
      return reply.plan;
    case "refused":
      return { refused: reply.told, denied: reply.denied };
    default:
      return { refused: "With these values the plan does not hold." };
  }
}
