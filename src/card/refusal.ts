import { z } from "zod";
import { type Card, cardTemplate } from "./template.ts";
import { brief, cut, plain } from "./text.ts";

const RefusalCard = z.strictObject({ speak: z.string(), text: z.string(), why: z.string(), turnId: z.uuid() });
const expand = cardTemplate("refusal", RefusalCard);

/** What an agent would not do, and why: perhaps another one should have been asked. */
export function renderRefusal(agentName: string, told: string, turn: { turnId: string; code: string }): Card {
  return expand({
    speak: plain(cut(`I did not do this. ${told}`, 300)),
    text: plain(cut(told, 2_000)),
    why: `${brief(agentName)} was asked. Code ${turn.code}.`,
    turnId: turn.turnId,
  });
}
