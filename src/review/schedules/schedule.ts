const DAY_MS = 86_400_000;

/** When a flow is due: every day, or on one day of the week (0 is Sunday), at an hour of UTC. */
export type Calendar = { hour: number; weekday?: number };

/** The last moment of the calendar that is not after `now`. Pure. */
export function lastDue({ hour, weekday }: Calendar, now: Date): Date {
  const due = new Date(now);
  due.setUTCHours(hour, 0, 0, 0);
  if (due > now) due.setTime(due.getTime() - DAY_MS);
  while (weekday !== undefined && due.getUTCDay() !== weekday) due.setTime(due.getTime() - DAY_MS);
  return due;
}
