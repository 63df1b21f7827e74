import type { Tx } from "../store/pool.ts";
import { type RunPorts, workflowNames } from "./ports.ts";

/** What a question's timer does, one after the other: one timer waits at a time, and the next is set when it fires. */
export const timerKinds = ["remind", "escalate", "expire"] as const;
export type TimerKind = (typeof timerKinds)[number];

/** After which share of its time a question does this: half-way a reminder, then the next in line, then its end. */
const SHARES: Record<TimerKind, number> = { remind: 0.5, escalate: 0.75, expire: 1 };

type Ports = Pick<RunPorts, "engine" | "approvalHours">;

export async function firstTimer(tx: Tx, ports: Ports, approvalId: string): Promise<void> {
  await setTimer(tx, ports, approvalId, "remind", ports.approvalHours * 3_600 * SHARES.remind);
}

/** Sets the timer that follows this one. @param secondsLeft until the question ends */
export async function nextTimer(
  tx: Tx,
  ports: Ports,
  approvalId: string,
  after: TimerKind,
  secondsLeft: number,
): Promise<void> {
  const kind = timerKinds[timerKinds.indexOf(after) + 1];
  if (kind === undefined) return;
  const share = (SHARES[kind] - SHARES[after]) / (1 - SHARES[after]);
  await setTimer(tx, ports, approvalId, kind, secondsLeft * share);
}

/** The clock of the process that fired it ran ahead of the database's: the end comes when it is due, and not before. */
export async function expireLater(tx: Tx, ports: Ports, approvalId: string, secondsLeft: number): Promise<void> {
  // Under another name each time: that of a timer that has fired is used up.
  await setTimer(tx, ports, approvalId, "expire", secondsLeft, `:${Math.ceil(secondsLeft * 1_000)}`);
}

async function setTimer(
  tx: Tx,
  ports: Ports,
  approvalId: string,
  kind: TimerKind,
  seconds: number,
  again = "",
): Promise<void> {
  await ports.engine.enqueue(tx, {
    workflow: workflowNames.approvalTimer,
    id: `timer:${approvalId}:${kind}${again}`,
    queue: "timers",
    args: [approvalId, kind],
    delaySeconds: Math.max(1, Math.ceil(seconds)),
  });
}
