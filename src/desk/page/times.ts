const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "long" });
const date = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long", year: "numeric" });
const shortDate = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });

export function timeOfDay(iso: string): string {
  return clock.format(new Date(iso));
}

export function dateAndTime(iso: string): string {
  return full.format(new Date(iso));
}

/** "Today", "Yesterday", "Monday" within a week, then the date. */
export function dayName(iso: string): string {
  const days = daysAgo(iso);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return days < 7 ? weekday.format(new Date(iso)) : date.format(new Date(iso));
}

/** For a list: the time today, the day before that. */
export function briefTime(iso: string): string {
  const days = daysAgo(iso);
  if (days === 0) return timeOfDay(iso);
  return days === 1 ? "Yesterday" : shortDate.format(new Date(iso));
}

function daysAgo(iso: string): number {
  const midnight = (at: Date): number => Date.UTC(at.getFullYear(), at.getMonth(), at.getDate());
  return Math.round((midnight(new Date()) - midnight(new Date(iso))) / 86_400_000);
}
