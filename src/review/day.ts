/** A calendar day in UTC: "2026-11-20". */
export type Day = string;

const DAY_MS = 86_400_000;

export function dayOf(at: Date): Day {
  return at.toISOString().slice(0, 10);
}

export function addDays(day: Day, days: number): Day {
  return dayOf(new Date(Date.parse(day) + days * DAY_MS));
}

export function earlierOf(one: Day, other: Day): Day {
  return one > other ? other : one;
}

/** Whole days from one day to another; negative where the other comes first. */
export function daysBetween(from: Day, to: Day): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
}

/** Whole days that have passed between two moments. */
export function daysSince(from: Date, to: Date): number {
  return Math.floor((to.getTime() - from.getTime()) / DAY_MS);
}
