/** Does for all who ask for the same at the same time what one of them would have done; ends when none of them waits any more. */
export type Share<T> = (
  key: string,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
) => Promise<T>;

export function createShare<T>(): Share<T> {
  const running = new Map<string, { answer: Promise<T>; end: AbortController; waiting: number }>();
  return async (key, signal, work) => {
    signal?.throwIfAborted();
    const end = new AbortController();
    const one = running.get(key) ?? { answer: work(end.signal), end, waiting: 0 };
    running.set(key, one);
    one.waiting += 1;
    try {
      return await unlessAborted(one.answer, signal);
    } finally {
      one.waiting -= 1;
      if (one.waiting === 0) {
        running.delete(key);
        one.end.abort();
      }
    }
  };
}

/** @throws the reason of `signal` as soon as that aborts */
export async function unlessAborted<T>(answer: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return answer;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const giveUp = (): void => reject(signal.reason);
  signal.addEventListener("abort", giveUp, { once: true });
  try {
    return await Promise.race([answer, aborted]);
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}
