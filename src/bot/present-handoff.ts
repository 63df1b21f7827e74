import { renderHandoff, renderHandoffWait } from "../card/handoff.ts";
import { loadHandoff } from "../handoff/store.ts";
import type { Tx } from "../store/pool.ts";
import { loadTurn } from "../turn/store.ts";
import { channelOfCluster } from "./conversations.ts";
import { type CardCopy, copiesOf, post, update } from "./outbox.ts";
import { chatWith, nameOf, type PresentPorts } from "./present-ports.ts";

/** Brings every card about a handoff up to date, and calls those who take over. */
export async function presentHandoff(tx: Tx, ports: PresentPorts, handoffId: string): Promise<void> {
  const { tenantId } = ports;
  const handoff = await loadHandoff(tx, tenantId, handoffId);
  if (handoff === undefined) return;
  const responder = handoff.claimedBy === null ? undefined : nameOf(ports, handoff.claimedBy);
  const candidates = (await loadTurn(tx, tenantId, handoff.turnId))?.routing?.candidates.slice(0, 3) ?? [];
  const cards = {
    responder: renderHandoff(handoff, responder),
    requester: renderHandoffWait(handoff, responder, candidates),
  };
  const copies = await copiesOf(tx, tenantId, "handoff", handoffId);
  for (const copy of copies)
    await update(tx, tenantId, copy, copy.view === "requester" ? cards.requester : cards.responder, handoff.version);

  const about = (view: string) => ({ kind: "handoff", id: handoffId, view, version: handoff.version }) as const;
  const key = `handoff:${handoffId}`;
  if (!hasView(copies, "requester")) {
    const target = { conversationId: handoff.conversationId };
    await post(tx, tenantId, target, { card: cards.requester, about: about("requester") }, `${key}:requester`);
  } else if (handoff.status !== "waiting") {
    const said = renderHandoffWait(handoff, responder, []);
    await post(
      tx,
      tenantId,
      { conversationId: handoff.conversationId },
      { text: String(said.speak) },
      `${key}:${handoff.status}`,
    );
  }
  if (!hasView(copies, "responder"))
    await callResponders(tx, ports, handoff.clusterId, { card: cards.responder, about: about("responder") }, key);
  if (handoff.status === "claimed" && handoff.claimedBy !== null && !hasView(copies, "own")) {
    const target = await chatWith(tx, tenantId, handoff.claimedBy);
    await post(tx, tenantId, target, { card: cards.responder, about: about("own") }, `${key}:own`, handoff.claimedBy);
  }
}

/** To the cluster's channel; where it has none, to each responder. */
async function callResponders(
  tx: Tx,
  ports: PresentPorts,
  clusterId: string,
  outgoing: Parameters<typeof post>[3],
  key: string,
): Promise<void> {
  const channel = await channelOfCluster(tx, ports.tenantId, clusterId);
  if (channel !== undefined) {
    await post(tx, ports.tenantId, { conversationId: channel.conversationId }, outgoing, `${key}:channel`);
    return;
  }
  for (const personId of ports.respondersOf(clusterId))
    await post(
      tx,
      ports.tenantId,
      await chatWith(tx, ports.tenantId, personId),
      outgoing,
      `${key}:${personId}`,
      personId,
    );
}

function hasView(copies: CardCopy[], view: string): boolean {
  return copies.some((copy) => copy.view === view);
}
