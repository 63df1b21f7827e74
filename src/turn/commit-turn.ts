import { randomUUID } from "node:crypto";
import { appendAudit } from "../audit/store.ts";
import { SignalboxError } from "../errors.ts";
import { openHandoff } from "../handoff/store.ts";
import { auditDenied } from "../run/denied.ts";
import { startRun } from "../run/start-run.ts";
import type { Tx } from "../store/pool.ts";
import { newCode } from "./code.ts";
import { recordConflict } from "./conflicts/store.ts";
import type { TurnPorts } from "./ports.ts";
import { clearExpectation, insertTurn, isCodeTaken, recentTurns, setExpectation } from "./store.ts";
import type { Turn } from "./turn.ts";

/** What a committed turn left behind, for whoever shows it. */
export type Committed = { code: string; runId?: string; handoff?: { handoffId: string; isNew: boolean } };

/** Nothing follows from these but the reply itself. */
export function isPlain({ reply }: Turn): boolean {
  return reply.kind !== "proposal" && reply.kind !== "handoff";
}

/** Records a turn. The statements need nothing of each other, so they may be sent together. */
export function recordTurn(tx: Tx, { tenantId }: TurnPorts, turn: Turn, code: string): Promise<unknown>[] {
  const { input, reply, routing, denied } = turn;
  const agent = "agent" in reply ? reply.agent : undefined;
  const { conversationId, personId } = input;
  return [
    insertTurn(tx, tenantId, code, turn),
    appendAudit(tx, {
      tenantId,
      kind: `turn.${reply.kind}`,
      actor: personId,
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
    }),
    ...denied.map(({ agent: { agentId, version: agentVersion }, ...call }) =>
      auditDenied(tx, tenantId, call, { agentId, agentVersion, onBehalfOf: personId, turnId: input.turnId }),
    ),
    ...(reply.kind === "refused" && reply.blocked !== undefined
      ? [
          appendAudit(tx, {
            ...{ tenantId, kind: "trust.blocked", actor: agent?.agentId ?? "signalbox", turnId: input.turnId },
            data: { reasonCode: reply.blocked.code, ...reply.blocked, onBehalfOf: personId },
          }),
        ]
      : []),
    ...(reply.kind === "answer" ? (reply.conflicts ?? []) : []).map((conflict) =>
      recordConflict(tx, { tenantId, ...input, clusterId: agent?.clusterId ?? "" }, conflict),
    ),
    ...(reply.kind === "ask-detail" ? [setExpectation(tx, tenantId, conversationId, personId, reply.awaits)] : []),
    ...(reply.kind !== "ask-detail" && input.resume.kind === "detail"
      ? [clearExpectation(tx, tenantId, conversationId, personId)]
      : []),
  ];
}

/** Records a turn with everything that follows from it, in the caller's transaction. */
export async function commitTurn(tx: Tx, ports: TurnPorts, turn: Turn, code: string): Promise<Committed> {
  const { input, reply } = turn;
  await Promise.all(recordTurn(tx, ports, turn, code));
  if (reply.kind === "proposal") {
    const { agentId, version, clusterId } = reply.agent;
    const { turnId, conversationId, personId: requesterId } = input;
    const runId = await startRun(tx, ports, {
      ...{ plan: reply.plan, code, turnId, conversationId, requesterId },
      confidence: turn.routing?.chosen?.score ?? null,
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

/** Draws a code and does the work under it; where it is taken, draws again, a longer one at last. */
export async function underFreeCode<T>(work: (code: string) => Promise<T>): Promise<T> {
  for (const length of [4, 4, 5, 6, 8]) {
    try {
      return await work(newCode(length));
    } catch (error) {
      if (!isCodeTaken(error)) throw error;
    }
  }
  throw new SignalboxError("no-free-code", "No free short code was found for a turn after five tries.");
}
