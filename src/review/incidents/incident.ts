import type { Status } from "../../registry/lifecycle.ts";
import type { Kind } from "../alerts/alert.ts";

/** What monitoring has against an agent, until somebody has dealt with it. */
export type Incident = {
  incidentId: string;
  agentId: string;
  kind: Kind;
  metricValue: number | null;
  openedAt: Date;
  /** of the latest alert that fired; `heard` counts them */
  heardAt: Date;
  heard: number;
  resolvedAt: Date | null;
  answerBy: Date | null;
  /** suspended because nobody acknowledged it in time */
  silentAt: Date | null;
  runsHeld: number | null;
  acknowledgedBy: string | null;
  acknowledgedAt: Date | null;
  version: number;
} & (
  | { state: "open" | "acknowledged"; closedBy: null; closedAt: null; why: null }
  | { state: "closed"; closedBy: string; closedAt: Date; why: string }
);

const HOUR_MS = 3_600_000;

/** What is done at once about each kind (R9.2), and within how many hours its owner has to acknowledge it. */
export const measures: Record<Kind, { to: "degraded" | "suspended"; answerWithinHours: number | null; why: string }> = {
  latency_breach: { to: "degraded", answerWithinHours: null, why: "Monitoring says that it is slower than it may be." },
  anomaly_flag: { to: "degraded", answerWithinHours: 24, why: "Monitoring says that it behaves unusually." },
  security_incident: { to: "suspended", answerWithinHours: null, why: "Monitoring reports a security incident." },
};

export function answerBy(kind: Kind, now: Date): Date | null {
  const { answerWithinHours: hours } = measures[kind];
  return hours === null ? null : new Date(now.getTime() + hours * HOUR_MS);
}

/** What the flow does about an incident by itself. Pure. @param status of the agent now @param recoveryMinutes of quiet */
export function nextOf(
  incident: Incident,
  status: Status,
  now: Date,
  recoveryMinutes: number,
): { type: "suspend" } | { type: "close"; why: string } | undefined {
  const { state, kind, heardAt, silentAt } = incident;
  if (state === "closed") return undefined;
  // It was put out of service with the incident: nobody but a person can have changed that.
  if (status === "active") return { type: "close", why: "Somebody put the agent back into service." };
  if (status === "deprecated") return { type: "close", why: "The agent is deprecated." };
  if (state === "open") {
    const isLate = incident.answerBy !== null && incident.answerBy <= now && silentAt === null;
    return isLate ? { type: "suspend" } : undefined;
  }
  // What was suspended stays so until a person says otherwise, however quiet it is.
  if (kind === "security_incident" || silentAt !== null || status === "suspended") return undefined;
  const quietMs = now.getTime() - heardAt.getTime();
  if (quietMs < recoveryMinutes * 60_000) return undefined;
  return { type: "close", why: `Nothing bad was heard for ${recoveryMinutes} minutes, and it was acknowledged.` };
}
