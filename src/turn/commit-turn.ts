import { randomUUID } from "node:crypto";
import { appendAudit } from "../audit/store.ts";
import { SignalboxError } from "../errors.ts";
import { openHandoff } from "../handoff/store.ts";
import { proposeRun } from "../run/propose.ts";
import type { Tx } from "../store/pool.ts";
import { newCode } from "./code.ts";
import type { TurnPorts } from "./ports.ts";
import { clearExpectation, insertTurn, recentTurns, setExpectation } from "./store.ts";
import type { Turn } from "./turn.ts";

/** What a committed turn left behind, for whoever shows it. */
export type Committed = { code: string; runId?: string; handoff?: { handoffId: string; isNew: boolean } };

/** Records a turn with everything that follows from it, in the caller's transaction. */
export async function commitTurn(tx: Tx, ports: TurnPorts, turn: Turn): Promise<Committed> {
  const { tenantId } = ports;
  const { input, reply, routing } = turn;
  const code = await recordUnderCode(tx, tenantId, turn);
  const agent = "agent" in reply ? reply.agent : undefined;
  await appendAudit(tx, {
    tenantId,
    kind: `turn.${reply.kind}`,
    actor: input.personId,
    turnId: input.turnId,
    data: {
      code,
      agentId: agent?.agentId ?? null,
      agentVersion: agent?.version ?? null,
      intent: agent?.intent ?? null,
      score: routing?.chosen?.score ?? null,
      registryVersion: routing?.registryVersion ?? null,
      latencyMs: turn.latencyMs,
    },
  });
  if (reply.kind === "ask-detail") {
    await setExpectation(tx, tenantId, input.conversationId, input.personId, reply.awaits);
  } else if (input.resume.kind === "detail") {
    await clearExpectation(tx, tenantId, input.conversationId, input.personId);
  }
  if (reply.kind === "proposal") {
    const { agentId, version, clusterId } = reply.agent;
    const { proposal, verdict, known, plan } = reply;
    const { turnId, conversationId, personId: requesterId } = input;
    const runId = await proposeRun(tx, ports, {
      ...{ proposal, verdict, known, plan, code, turnId, conversationId, requesterId },
      agent: { agentId, version, clusterId },
    });
    return { code, runId };
  }
  if (reply.kind === "handoff") return { code, handoff: await handOff(tx, ports, turn, code) };
  return { code };
}

async function handOff(
  tx: Tx,
  ports: TurnPorts,
  { input, reply }: Turn,
  code: string,
): Promise<{ handoffId: string; isNew: boolean }> {
  if (reply.kind !== "handoff") throw new SignalboxError("turn-not-handed-off", "This turn is not a handoff.");
  const earlier = await recentTurns(tx, ports.tenantId, input.conversationId, input.personId);
  const opened = await openHandoff(tx, ports.tenantId, {
    handoffId: randomUUID(),
    code,
    turnId: input.turnId,
    conversationId: input.conversationId,
    requesterId: input.personId,
    requesterName: input.personName,
    clusterId: reply.clusterId,
    summary: {
      reason: reply.reason,
      transcript: earlier.reverse().map((turn) => ({ who: turn.personName, text: turn.text.slice(0, 300) })),
      candidates: reply.candidates
        .slice(0, 3)
        .map(({ displayName, intent, score }) => ({ displayName, intent, score })),
    },
  });
  if (opened.isNew) await ports.announce(tx, { kind: "handoff", id: opened.handoffId });
  return opened;
}

/** Codes are short, so now and then one is taken: then a longer one is drawn. */
async function recordUnderCode(tx: Tx, tenantId: string, turn: Turn): Promise<string> {
  for (const length of [4, 4, 5, 6, 8]) {
    const code = newCode(length);
    if (await insertTurn(tx, tenantId, code, turn)) return code;
  }
  throw new SignalboxError("no-free-code", "No free short code was found for a turn after five tries.");
}
