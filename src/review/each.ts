/**
 * Does the work for one after the other; one that fails holds up none of the others.
 * @throws the first failure, when all had their turn
 */
export async function each<T>(items: Iterable<T>, work: (item: T) => Promise<void>): Promise<void> {
  const failures: unknown[] = [];
  for (const item of items) await work(item).catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}
