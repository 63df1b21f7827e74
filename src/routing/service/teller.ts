import type { Log } from "../../telemetry/log.ts";
import { type FailureKind, OpinionError } from "./failure.ts";

/** Tells the log how a service fares: one line when a kind of failure begins, one when it answers again; never one for each turn. */
export type Teller = {
  /** waits for what was asked */
  watch<T>(asking: Promise<T>): Promise<T>;
  failed(error: unknown): void;
};

/** @param name of the source */
export function createTeller(log: Log, name: string): Teller {
  const known = new Set<FailureKind>();
  const failed = (error: unknown): void => {
    // Whoever gave up waiting knows.
    if (!(error instanceof OpinionError) || known.has(error.kind)) return;
    known.add(error.kind);
    log.warn({ source: name, kind: error.kind, error: error.message }, "another opinion is not given");
  };
  return {
    failed,
    watch: async (asking) => {
      try {
        const answer = await asking;
        if (known.size > 0) log.info({ source: name }, "another opinion is given again");
        known.clear();
        return answer;
      } catch (error) {
        failed(error);
        throw error;
      }
    },
  };
}
