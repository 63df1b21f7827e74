import { setTimeout as sleep } from "node:timers/promises";
import { BrokenCircuitError, ConsecutiveBreaker, circuitBreaker, handleWhen } from "cockatiel";
import { TurnedAway } from "./turned-away.ts";

/** How one system is left alone while it has too much to do. Each system has its own: the others do not notice. */
export type Patience = {
  /**
   * Does the work once the pause is over that the system asked for.
   * @param until moment (`performance.now()`) by which a pause must be over
   * @throws LeftAlone where it lasts longer, or where the system turned us away again and again: nothing was sent
   */
  ask<T>(until: number, work: () => Promise<T>): Promise<T>;
};

/** The system is not asked at the moment. */
export class LeftAlone extends Error {
  constructor() {
    super("It has too much to do and is left alone for a while.");
    this.name = "LeftAlone";
  }
}

/** Turned away so often in a row, it is left alone for so long; then one call goes to see. */
const TIMES = 5;
const LEFT_ALONE_MS = 10_000;
/** Where it does not say how long: 250 ms, 500 ms, 1 s … and no two of us at the same moment. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 60_000;

export function createPatience(): Patience {
  const breaker = circuitBreaker(
    handleWhen((error) => error instanceof TurnedAway),
    { halfOpenAfter: LEFT_ALONE_MS, breaker: new ConsecutiveBreaker(TIMES) },
  );
  let pausedUntil = 0;
  let inARow = 0;

  const attempt = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      const result = await breaker.execute(work);
      inARow = 0;
      return result;
    } catch (error) {
      if (error instanceof BrokenCircuitError) throw new LeftAlone();
      if (error instanceof TurnedAway) {
        inARow += 1;
        const own = FIRST_PAUSE_MS * 2 ** (inARow - 1) * (0.5 + Math.random() / 2);
        const pause = Math.min(error.retryAfterMs ?? own, LONGEST_PAUSE_MS);
        pausedUntil = Math.max(pausedUntil, performance.now() + pause);
      }
      throw error;
    }
  };
  return {
    async ask(until, work) {
      const pause = pausedUntil - performance.now();
      if (pause > 0) {
        if (pausedUntil >= until) throw new LeftAlone();
        await sleep(pause);
      }
      return attempt(work);
    },
  };
}
