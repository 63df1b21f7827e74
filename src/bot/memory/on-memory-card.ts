import type { CardAction } from "../../card/card-action.ts";
import { renderNotice } from "../../card/notice.ts";
import { type CardResult, refused } from "../card-result.ts";
import type { BotPorts, Incoming } from "../incoming.ts";
import { exportMemory } from "./export-memory.ts";
import { whyNotHere } from "./handle-memory.ts";
import { judge } from "./judge.ts";
import {
  confirmFact,
  correctFact,
  forgetFact,
  listMemory,
  ownFact,
  searchAgain,
  stopRemembering,
} from "./own-memory.ts";
import { startRemembering } from "./remember.ts";

type MemoryAction = Extract<CardAction, { verb: `memory.${string}` }>;

/** What the buttons about memory do, under the same rules as what is typed. */
export async function onMemoryCard(ports: BotPorts, incoming: Incoming, action: MemoryAction): Promise<CardResult> {
  if (action.verb === "memory.release") return judge(ports, incoming, action.factId, "release");
  if (action.verb === "memory.delete") return judge(ports, incoming, action.factId, "delete");
  const notHere = whyNotHere(incoming);
  if (notHere !== undefined) return notHere;
  switch (action.verb) {
    case "memory.page":
      return listMemory(ports, incoming, action.page);
    case "memory.opt-in":
      return startRemembering(ports, incoming, action.clusterId, action.what);
    case "memory.decline": {
      const card = renderNotice(
        "default",
        "Nothing is remembered",
        "You can switch it on whenever you like: type “memory”.",
      );
      return { kind: "card", card, isNews: false };
    }
    case "memory.opt-out":
      return stopRemembering(ports, incoming, action.clusterId);
    case "memory.export":
      return exportMemory(ports, incoming);
    case "memory.confirm":
    case "memory.correct":
    case "memory.forget":
    case "memory.search":
      return onFact(ports, incoming, action);
  }
}

async function onFact(
  ports: BotPorts,
  incoming: Incoming,
  action: Extract<MemoryAction, { factId: string }>,
): Promise<CardResult> {
  const fact = await ownFact(ports, incoming, action.factId);
  if (fact === undefined)
    return refused(404, "NotFound", "I do not remember that any more", "Type “memory” to see all that I keep.");
  if (action.verb === "memory.search") return searchAgain(fact);
  const changed =
    action.verb === "memory.correct"
      ? await correctFact(ports, fact, action.value)
      : action.verb === "memory.confirm"
        ? await confirmFact(ports, fact)
        : await forgetFact(ports, fact);
  // The list that was clicked shows what is kept now.
  return changed.kind === "said" ? listMemory(ports, incoming, 0) : changed;
}
