/** What is reported, and how often (R9.4). */
export const kinds = ["weekly", "monthly", "quarterly"] as const;
export type Kind = (typeof kinds)[number];

/** A calendar week (from Monday), month or quarter in UTC, `to` not included. `name`: "2026-W47", "2026-11", "2026-Q4". */
export type Period = { kind: Kind; name: string; from: Date; to: Date };

const DAY_MS = 86_400_000;

/** The period in which a moment lies. Pure. */
export function periodAt(kind: Kind, at: Date): Period {
  const [year, month] = [at.getUTCFullYear(), at.getUTCMonth()];
  switch (kind) {
    case "weekly": {
      const from = new Date(Date.UTC(year, month, at.getUTCDate()) - ((at.getUTCDay() + 6) % 7) * DAY_MS);
      return { kind, name: weekName(from), from, to: new Date(from.getTime() + 7 * DAY_MS) };
    }
    case "monthly": {
      const [from, to] = [new Date(Date.UTC(year, month)), new Date(Date.UTC(year, month + 1))];
      return { kind, name: from.toISOString().slice(0, 7), from, to };
    }
    case "quarterly": {
      const quarter = Math.floor(month / 3);
      const [from, to] = [new Date(Date.UTC(year, quarter * 3)), new Date(Date.UTC(year, quarter * 3 + 3))];
      return { kind, name: `${year}-Q${quarter + 1}`, from, to };
    }
  }
}

/** The period before another. Pure. */
export function periodBefore({ kind, from }: Pick<Period, "kind" | "from">): Period {
  return periodAt(kind, new Date(from.getTime() - 1));
}

/** The last period that is over at a moment. Pure. */
export function lastWhole(kind: Kind, now: Date): Period {
  return periodBefore(periodAt(kind, now));
}

/** ISO 8601: a week belongs to the year of its Thursday, and week 1 has the first Thursday. */
function weekName(monday: Date): string {
  const thursday = new Date(monday.getTime() + 3 * DAY_MS);
  const year = thursday.getUTCFullYear();
  const week = 1 + Math.floor((thursday.getTime() - Date.UTC(year, 0)) / (7 * DAY_MS));
  return `${year}-W${String(week).padStart(2, "0")}`;
}

/** The period of a name such as "2026-W47"; undefined where the kind has none that is called so. Pure. */
export function periodNamed(kind: Kind, name: string): Period | undefined {
  const year = Number(name.slice(0, 4));
  const number = Number(/^\d{4}-(?:W|Q)?(\d{1,2})$/.exec(name)?.[1]);
  if (!Number.isInteger(number) || year < 2000) return undefined;
  const days = { weekly: 7 * (number - 1) + 4, monthly: 31 * (number - 1) + 1, quarterly: 92 * (number - 1) + 1 }[kind];
  const guess = periodAt(kind, new Date(Date.UTC(year, 0, days)));
  return [guess, periodBefore(guess), periodAt(kind, guess.to)].find((one) => one.name === name);
}
