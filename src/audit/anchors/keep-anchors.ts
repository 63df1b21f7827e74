import { messageOf } from "../../errors.ts";
import { withAdvisoryLock } from "../../store/advisory-lock.ts";
import type { Pool } from "../../store/pool.ts";
import type { Log } from "../../telemetry/log.ts";
import { allHeads, hashAt } from "../chain/store.ts";
import type { Anchor } from "./anchor.ts";
import { type AnchorPlace, appendAnchors, latestAnchors } from "./anchor-files.ts";

/** What an anchor says that the database does not say any more: evidence was changed. */
export type Missing = { anchor: Anchor; now: string | undefined };

/**
 * Anchors the head of every chain that has grown since its last anchor. A chain that does not hold what was anchored last is
 * not anchored again: that would vouch for what somebody has put in its place.
 * @returns the chains of which that is so
 */
export async function takeAnchors(pool: Pool, place: AnchorPlace): Promise<Missing[]> {
  // Several processes may share the folder: they take turns, so that lines follow from each other.
  return withAdvisoryLock(pool, "audit-anchors", async (holder) => {
    const { anchors } = await latestAnchors(place);
    const latest = new Map(anchors.map((anchor) => [anchor.tenant, anchor]));
    const missing: Missing[] = [];
    const next: Anchor[] = [];
    for (const head of await allHeads(holder)) {
      const before = latest.get(head.tenant);
      const now = before && (await hashAt(holder, head.tenant, before.seq));
      if (before !== undefined && now !== before.hash) missing.push({ anchor: before, now });
      else if (before?.seq !== head.seq) next.push(head);
    }
    if (next.length > 0) await appendAnchors(place, next);
    return missing;
  });
}

/** Anchors at an interval, and once more at the end. @returns ends it */
export function keepAnchors(pool: Pool, place: AnchorPlace, everySeconds: number, log: Log): () => Promise<void> {
  let told = "";
  const take = async (): Promise<void> => {
    try {
      const missing = await takeAnchors(pool, place);
      for (const { anchor, now } of missing)
        log.fatal(
          { ...anchor, now: now ?? "no such link" },
          "evidence was changed: a chain does not hold what was anchored",
        );
      told = "";
    } catch (error) {
      // Once for each reason, however long it lasts.
      if (messageOf(error) !== told)
        log.error({ error: messageOf(error) }, "the heads of the audit chains are not anchored");
      told = messageOf(error);
    }
  };
  let going = take();
  const timer = setInterval(() => {
    going = going.then(take);
  }, everySeconds * 1_000);
  return async () => {
    clearInterval(timer);
    await going;
    await take();
  };
}
