import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";

/** How much of somebody is too much. Each process counts for itself: behind N processes a caller gets up to N times as much. */
export type Limit = {
  /** Counts one. @returns the seconds to wait where it is too much; undefined where it is not */
  take(caller: string): Promise<number | undefined>;
};

/** @param perMinute undefined: nothing is too much */
export function createLimit(perMinute: number | undefined): Limit {
  if (perMinute === undefined) return { take: () => Promise.resolve(undefined) };
  const limiter = new RateLimiterMemory({ points: perMinute, duration: 60 });
  return {
    async take(caller) {
      try {
        await limiter.consume(caller);
        return undefined;
      } catch (rejected) {
        if (!(rejected instanceof RateLimiterRes)) throw rejected;
        return Math.max(1, Math.ceil(rejected.msBeforeNext / 1_000));
      }
    },
  };
}
