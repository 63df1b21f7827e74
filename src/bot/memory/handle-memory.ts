import { type CardResult, refused } from "../card-result.ts";
import { clusterByName } from "../cluster-wanted.ts";
import type { BotPorts, Incoming } from "../incoming.ts";
import type { MemoryCommand } from "./command.ts";
import { exportMemory } from "./export-memory.ts";
import { judgeByCode } from "./judge.ts";
import {
  confirmFact,
  correctFact,
  factNamed,
  forgetAsTyped,
  isFact,
  listMemory,
  noSuchArea,
  searchAgain,
  stopRemembering,
} from "./own-memory.ts";
import { remember, startRemembering } from "./remember.ts";

/** What is typed about memory; undefined where it turns out to be meant for an agent. */
export async function handleMemory(
  ports: BotPorts,
  incoming: Incoming,
  wish: MemoryCommand,
): Promise<CardResult | undefined> {
  if (wish.verb === "search") {
    // "search overdue invoices" is a question, unless a search was kept under that name.
    const fact = await factNamed(ports, incoming, wish.name);
    return isFact(fact) && fact.kind === "search" ? searchAgain(fact) : undefined;
  }
  if (wish.verb === "release" || wish.verb === "delete") return judgeByCode(ports, incoming, wish.code, wish.verb);
  const notHere = whyNotHere(incoming);
  if (notHere !== undefined) return notHere;
  switch (wish.verb) {
    case "list":
      return listMemory(ports, incoming, wish.page);
    case "remember":
      return remember(ports, incoming, wish.what);
    case "forget":
      return forgetAsTyped(ports, incoming, wish.what);
    case "export":
      return exportMemory(ports, incoming);
    case "opt-in":
    case "opt-out": {
      const clusterId = clusterByName(wish.area);
      if (clusterId === undefined) return noSuchArea(wish.area);
      return wish.verb === "opt-in"
        ? startRemembering(ports, incoming, clusterId, "")
        : stopRemembering(ports, incoming, clusterId);
    }
    case "correct":
    case "confirm": {
      const fact = await factNamed(ports, incoming, wish.name);
      if (!isFact(fact)) return fact;
      return wish.verb === "correct" ? correctFact(ports, fact, wish.to) : confirmFact(ports, fact);
    }
  }
}

/** What is kept of somebody is between them and the bot. */
export function whyNotHere({ person, place }: Incoming): CardResult | undefined {
  if (person === undefined)
    return refused(
      403,
      "Unknown",
      "I remember nothing of people whom the directory does not know",
      "Nothing was kept.",
    );
  if (place.kind !== "personal")
    return refused(403, "NotPrivate", "That is between you and me", "Others read along here: tell me in our own chat.");
  return undefined;
}
