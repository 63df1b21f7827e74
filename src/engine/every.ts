/**
 * Runs `work` again and again, `ms` after it ended, one at a time. `work` does not throw.
 * `now` runs it at once; `stop` resolves when no run is under way.
 */
export function every(ms: number, work: () => Promise<void>): { now(): void; stop(): Promise<void> } {
  let stopped = false;
  let running = Promise.resolve();
  let timer = setTimeout(run, ms).unref();

  function run(): void {
    clearTimeout(timer);
    running = running.then(work).then(() => {
      clearTimeout(timer);
      if (!stopped) timer = setTimeout(run, ms).unref();
    });
  }

  return {
    now: run,
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
