import { messageOf } from "../errors.ts";
import { isDatabaseAway } from "../store/database-errors.ts";
import type { Log } from "../telemetry/log.ts";
import type { Activity } from "./activity.ts";
import type { Channel } from "./channel.ts";
import { sayDirectly } from "./sending.ts";

/** Holds messages while the database is away, and says so. */
export type Backlog = {
  /** Does the work on a message; in an outage that lasts it returns after a while and does it later. */
  keep(activity: Activity, work: () => Promise<void>): Promise<void>;
  /** Goes on with work on a message that is safely stored, however long the outage lasts; resolves when it is done. */
  outlast(activity: Activity, work: () => Promise<void>): Promise<void>;
};

/** A message that is only in memory is given up after this, and its sender is told. */
const PATIENCE_MS = 3 * 60_000;
const RETRY_MS = 1_000;
/**
 * A message that is only in memory is not acknowledged for so long: should this process die meanwhile, the channel knows that
 * it was not taken. (Teams waits 15 s.)
 */
const UNACKNOWLEDGED_MS = 8_000;
/** More than these are sent back to the channel, which delivers them again or tells its sender. */
const MOST_HELD = 500;

export function createBacklog(ports: { channel: Channel; log: Log }): Backlog {
  const { channel, log } = ports;
  /** conversations that were told of the outage */
  const told = new Set<string>();
  let held = 0;

  const tell = (activity: Activity, text: string): void => {
    sayDirectly(channel, activity, text).catch((error: unknown) =>
      log.warn({ error: messageOf(error) }, "an outage could not be told to somebody who waits"),
    );
  };
  const hold = async (activity: Activity, work: () => Promise<void>, patienceMs: number): Promise<void> => {
    const conversationId = activity.conversation.id;
    if (!told.has(conversationId)) {
      told.add(conversationId);
      tell(
        activity,
        "My records cannot be reached at the moment. I keep your message and go on by myself when they are back.",
      );
    }
    held += 1;
    try {
      for (const giveUp = performance.now() + patienceMs; performance.now() < giveUp; ) {
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
        try {
          await work();
          told.delete(conversationId);
          return;
        } catch (error) {
          if (!isDatabaseAway(error)) throw error;
        }
      }
      told.delete(conversationId);
      tell(
        activity,
        "My records are still away, and I had to give up on your last message. Nothing was done. Please send it again later.",
      );
    } finally {
      held -= 1;
    }
  };
  return {
    outlast: (activity, work) => hold(activity, work, Number.POSITIVE_INFINITY),
    async keep(activity, work) {
      try {
        await work();
      } catch (error) {
        if (!isDatabaseAway(error) || held >= MOST_HELD) throw error;
        const holding = hold(activity, work, PATIENCE_MS).catch((failure: unknown) =>
          log.error({ error: messageOf(failure) }, "a message that was held in an outage could not be dealt with"),
        );
        await Promise.race([holding, new Promise((resolve) => setTimeout(resolve, UNACKNOWLEDGED_MS).unref())]);
      }
    },
  };
}
