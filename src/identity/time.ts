import { every } from "../engine/every.ts";
import { messageOf } from "../errors.ts";
import type { Queryable } from "../store/pool.ts";
import type { Log } from "../telemetry/log.ts";

const LOOK_MS = 60_000;

/** The time by which it is judged whether what somebody shows has expired. */
export type Time = {
  /** Unix ms */
  now(): number;
  look(): Promise<void>;
  stop(): Promise<void>;
};

/**
 * The database's time, without asking it each time: read once a minute, and between two looks this machine only counts how
 * long ago that was, with a clock that nobody sets. A host whose own clock is wrong, or is set while it runs, neither lets in
 * what has expired nor turns away what is good. While the database is away the last look counts.
 */
export async function keepTime(db: Queryable, log: Log): Promise<Time> {
  let ahead = 0;
  const look = async (): Promise<void> => {
    const asked = performance.now();
    const { rows } = await db.query<{ ms: number }>(
      "select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms",
    );
    const [row] = rows;
    if (row !== undefined) ahead = row.ms - (asked + performance.now()) / 2;
  };
  await look();
  const looking = every(LOOK_MS, () =>
    look().catch((error: unknown) => log.warn({ error: messageOf(error) }, "the database could not be asked the time")),
  );
  return { now: () => performance.now() + ahead, look, stop: looking.stop };
}
