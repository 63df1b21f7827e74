import { type Day, daysBetween } from "../day.ts";

/** What is said to whom as an agent's last day comes; "moved": its record gives it another one. */
export const stages = ["warned", "final", "ended"] as const;
export type Stage = (typeof stages)[number];

/** The end of an agent. */
export type Sunset = {
  sunsetId: string;
  agentId: string;
  endsOn: Day;
  stage: Stage | "moved";
  stageAt: Date;
  successorId: string | null;
  acknowledgedBy: string | null;
  acknowledgedAt: Date | null;
  version: number;
};

/** The stage of this day (R9.3): 30 days before, 7 days before, the day itself; undefined while there is time. Pure. */
export function stageOn(endsOn: Day, today: Day): Stage | undefined {
  const left = daysBetween(today, endsOn);
  if (left <= 0) return "ended";
  if (left <= 7) return "final";
  return left <= 30 ? "warned" : undefined;
}

/** Is there something to say that was not said? A stage that was missed is left out. Pure. */
export function isNew(stage: Stage, before: Sunset["stage"] | undefined): boolean {
  if (before === undefined) return true;
  return before === "moved" || stages.indexOf(stage) > stages.indexOf(before);
}
