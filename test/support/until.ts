import { setTimeout as sleep } from "node:timers/promises";

/** Waits until `condition` holds; a test's own timeout ends it when it never does. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(10);
}
