import type { RoutingDecision } from "../routing/router.ts";
import { loadTurn, type TurnRecord } from "../turn/store.ts";
import { type CardResult, refused } from "./card-result.ts";
import type { BotPorts, Incoming } from "./incoming.ts";

/** A turn of whoever clicks or types; what to answer them where it is none. */
export async function ownTurn(ports: BotPorts, incoming: Incoming, turnId: string): Promise<TurnRecord | CardResult> {
  const turn = await loadTurn(ports.pool, ports.tenantId, turnId);
  if (turn === undefined) return refused(404, "NotFound", "I do not know that question any more", "Please ask again.");
  if (turn.personId !== incoming.personId)
    return refused(403, "NotYours", "This is somebody else's question", "Ask me yourself, and the buttons are yours.");
  return turn;
}

/** A turn that was routed, with the decision. */
export type RoutedTurn = TurnRecord & { routing: RoutingDecision };

/** The turn whose words were routed: this one, or the one that it continues. */
export async function routedTurn(ports: BotPorts, turn: TurnRecord): Promise<RoutedTurn | undefined> {
  let current: TurnRecord | undefined = turn;
  for (let depth = 0; depth < 5 && current !== undefined; depth++) {
    const { routing } = current;
    if (routing !== null) return { ...current, routing };
    current =
      current.parentTurnId === null ? undefined : await loadTurn(ports.pool, ports.tenantId, current.parentTurnId);
  }
  return undefined;
}
