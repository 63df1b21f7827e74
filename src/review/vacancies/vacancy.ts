import type { Status } from "../../registry/lifecycle.ts";
import { daysSince } from "../day.ts";

/** An agent for which nobody answers: whoever did has left the directory, or is silent. */
export type Vacancy = {
  vacancyId: string;
  agentId: string;
  reason: "left" | "silent";
  /** upn */
  formerOwner: string;
  openedAt: Date;
  suspendedAt: Date | null;
  version: number;
} & (
  | { state: "open" | "ended"; ownerUpn: null; namedBy: null }
  | { state: "filled"; ownerUpn: string; namedBy: string }
);

/** Nobody was named for so long: the agent is suspended. */
export const DAYS_TO_NAME = 7;

/**
 * What the flow does about a vacancy by itself. Pure.
 * @param isStill has whoever answered for the agent neither come back nor said a word?
 */
export function nextOf(
  { state, openedAt, suspendedAt }: Vacancy,
  { status, isStill }: { status: Status; isStill: boolean },
  now: Date,
): "end" | "suspend" | undefined {
  if (state !== "open") return undefined;
  if (status === "deprecated") return "end";
  // Once it is suspended a person is to say who answers for it: whoever came back may be named too.
  if (suspendedAt !== null) return undefined;
  if (!isStill) return "end";
  return daysSince(openedAt, now) >= DAYS_TO_NAME ? "suspend" : undefined;
}
