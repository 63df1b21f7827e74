import { setTimeout as sleep } from "node:timers/promises";
import { SignalboxError } from "../errors.ts";
import type { OpenSource, OpinionSource, SourceDocument } from "./opinion.ts";

/** Learning what another service makes of the lessons, beside the turns: tried until it succeeds, one try at a time. */
export type Hearing = {
  /**
   * Begins with these documents, once what was tried before has ended: an index is brought in step with one registry at a time.
   * @param learn may call `again` later, when what is open is of no use any more
   */
  begin(documents: readonly SourceDocument[], learn: Learn, signal: AbortSignal): void;
  /** Resolves when the latest try has ended, however. */
  tried(): Promise<void>;
};
type Learn = (opened: OpinionSource, again: () => void) => Promise<void>;

export function createHearing(
  open: OpenSource,
  { againMs, onTrouble }: { againMs: number; onTrouble: (what: string, error: unknown) => void },
): Hearing {
  let last = Promise.resolve();
  return {
    begin(documents, learn, signal) {
      let opened: OpinionSource | undefined;
      let isTold = false;
      const attempt = async (): Promise<void> => {
        if (signal.aborted) return;
        try {
          opened ??= await open(documents, signal);
          await learn(opened, again);
          isTold = false;
        } catch (error) {
          if (signal.aborted) return;
          if (!isTold)
            onTrouble("another service's opinion cannot be learnt from now: the embedded score serves", error);
          isTold = true;
          // What is open remembers the answers that there were, and asks for the others alone.
          if (!(error instanceof SignalboxError && error.code === "too-little-heard")) opened = undefined;
          later();
        }
      };
      const next = (): void => {
        last = last.then(attempt);
      };
      const later = (): void => {
        void sleep(againMs, undefined, { signal, ref: false })
          .then(next)
          .catch(() => {});
      };
      const again = (): void => {
        opened = undefined;
        later();
      };
      next();
    },
    tried: () => last,
  };
}
