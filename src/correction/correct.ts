import { randomUUID } from "node:crypto";
import type { Announce } from "../action/announce.ts";
import { appendAudit } from "../audit/store.ts";
import { takeTurns } from "../store/advisory-lock.ts";
import type { Tx } from "../store/pool.ts";
import { afterwards, type Intent, type Said } from "./correction.ts";
import { changeCorrection, correctionsOfTurns, deleteCorrection, insertCorrection, openGroupLike } from "./store.ts";

type Ports = { tenantId: string; announce: Announce };

/**
 * Keeps what somebody says about where their words should have gone, in the caller's transaction; said again it is the same,
 * said otherwise it changes what they said before. Nothing is learnt by it: that is for whoever answers for the agent.
 * @param served what the router had served
 */
export async function correct(tx: Tx, ports: Ports, said: Said, served: Intent | null): Promise<void> {
  const { tenantId } = ports;
  // Corrections and decisions come one after the other: nothing joins a group while it is decided on.
  await takeTurns(tx, correctionTurns(tenantId));
  const [before] = await correctionsOfTurns(tx, tenantId, [said.turnId]);
  const next = afterwards(said, served, before);
  if (next.do === "nothing") return;
  const correctionId = before !== undefined && next.do !== "insert" ? before.correctionId : randomUUID();
  const touched = new Set<string>(next.do === "insert" || before === undefined ? [] : [before.groupId]);
  if (next.do === "take-back") await deleteCorrection(tx, tenantId, correctionId);
  else {
    const groupId = (await openGroupLike(tx, tenantId, said)) ?? randomUUID();
    touched.add(groupId);
    if (next.do === "insert")
      await insertCorrection(tx, tenantId, { ...said, kind: next.kind }, { correctionId, groupId });
    else await changeCorrection(tx, tenantId, correctionId, said, { groupId, kind: next.kind });
  }
  await appendAudit(tx, {
    ...{ tenantId, kind: auditKinds[next.do], actor: said.personId, turnId: said.turnId },
    data: { correctionId, kind: said.kind, answered: said.answered, chosen: said.chosen },
  });
  for (const id of touched) await ports.announce(tx, { kind: "correction", id });
}

const auditKinds = {
  insert: "routing.corrected",
  change: "routing.correction-changed",
  "take-back": "routing.correction-taken-back",
} as const;

/** The name under which corrections and decisions on them take turns. */
export function correctionTurns(tenantId: string): string {
  return `corrections:${tenantId}`;
}
