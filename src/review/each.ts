/** So many transactions of a sweep at once: enough that none waits for the network, and few enough to leave most connections. */
export const SIDE_BY_SIDE = 6;

/**
 * Does the work for one after the other, or for several at once; one that fails holds up none of the others.
 * @throws the first failure, when all had their turn
 */
export async function each<T>(items: Iterable<T>, work: (item: T) => Promise<void>, width = 1): Promise<void> {
  const failures: unknown[] = [];
  const waiting = items[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    for (let next = waiting.next(); next.done !== true; next = waiting.next())
      await work(next.value).catch((error: unknown) => failures.push(error));
  };
  await Promise.all(Array.from({ length: width }, lane));
  if (failures.length > 0) throw failures[0];
}
