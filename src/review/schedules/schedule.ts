const DAY_MS = 86_400_000;

/**
 * When a flow is due, at an hour of UTC: every day, on one day of the week (0 is Sunday), or on the first day of every so many
 * months, counted from January.
 */
export type Calendar = { hour: number; weekday?: number; everyMonths?: 1 | 3 };

/** The last moment of the calendar that is not after `now`. Pure. */
export function lastDue({ hour, weekday, everyMonths }: Calendar, now: Date): Date {
  const due = new Date(now);
  due.setUTCHours(hour, 0, 0, 0);
  if (due > now) due.setTime(due.getTime() - DAY_MS);
  const isDay = (): boolean =>
    (weekday === undefined || due.getUTCDay() === weekday) &&
    (everyMonths === undefined || (due.getUTCDate() === 1 && due.getUTCMonth() % everyMonths === 0));
  while (!isDay()) due.setTime(due.getTime() - DAY_MS);
  return due;
}
