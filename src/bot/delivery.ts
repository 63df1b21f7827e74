import { messageOf } from "../errors.ts";
import type { Directory } from "../identity/directory.ts";
import { isDatabaseAway } from "../store/database-errors.ts";
import type { Pool, Queryable } from "../store/pool.ts";
import type { Log } from "../telemetry/log.ts";
import type { Address, Channel, Sent } from "./channel.ts";
import { latestService, personalChatOf, saveConversation } from "./conversations.ts";
import {
  claimDue,
  type Due,
  failed,
  postponed,
  releaseClaims,
  releaseOrphans,
  sent,
  supersede,
  sweep,
} from "./outbox-store.ts";

export type DeliveryPorts = {
  tenantId: string;
  pool: Pool;
  /** for short statements that stand alone and never wait for a lock */
  shared: Queryable;
  channel: Channel;
  directory: Directory;
  worker: string;
  log: Log;
};

/** Sends what is queued. `wake` says that something was queued just now; without it the queue is looked at every second. */
export type Delivery = { wake(): void; stop(): Promise<void> };

const POLL_MS = 1_000;
const SWEEP_MS = 10 * 60_000;
const MAX_ATTEMPTS = 12;
const MOST_AT_ONCE = 16;
const NOTE_AGAIN_MS = 500;
/** How long a stop waits for notes that cannot be made while the database is away. */
const STOP_WITHIN_MS = 3_000;

export function startDelivery(ports: DeliveryPorts): Delivery {
  const { pool, tenantId, worker, log } = ports;
  let stopped = false;
  let again = false;
  let isUnsure = false;
  let running: Promise<void> | undefined;

  const round = async (): Promise<void> => {
    if (isUnsure) await releaseClaims(pool, tenantId, worker);
    isUnsure = false;
    let more = true;
    while ((again || more) && !stopped) {
      again = false;
      const due = await claimDue(ports.shared, tenantId, worker, MOST_AT_ONCE);
      await Promise.all(due.map((one) => deliver(ports, one)));
      more = due.length >= MOST_AT_ONCE || due.some((one) => one.more);
    }
  };
  const wake = (): void => {
    again = true;
    if (stopped || running !== undefined) return;
    running = round()
      .catch((error: unknown) => {
        // Rows may have been claimed by a statement whose answer was lost.
        isUnsure = true;
        log.warn({ error: messageOf(error) }, "the outbox could not be looked at");
      })
      .finally(() => {
        running = undefined;
      });
  };
  const housekeeping = (): void => {
    releaseOrphans(pool, tenantId)
      .then(wake)
      .catch(() => {});
  };
  const poll = setInterval(wake, POLL_MS);
  const release = setInterval(housekeeping, 5_000);
  const clean = setInterval(() => void sweep(pool, tenantId).catch(() => {}), SWEEP_MS);
  housekeeping();
  return {
    wake,
    async stop() {
      stopped = true;
      for (const timer of [poll, release, clean]) clearInterval(timer);
      const enough = new Promise<void>((resolve) => setTimeout(resolve, STOP_WITHIN_MS).unref());
      await Promise.race([running, enough]);
    },
  };
}

async function deliver(ports: DeliveryPorts, due: Due): Promise<void> {
  const outcome = await attempt(ports, due).catch(
    (error: unknown): Sent => ({ sent: false, retry: "later", afterMs: 0, why: messageOf(error) }),
  );
  // What was sent and is not noted would hold up its conversation until the claim runs out, and then be sent again.
  for (;;) {
    try {
      return await note(ports, due, outcome);
    } catch (error) {
      if (!isDatabaseAway(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, NOTE_AGAIN_MS).unref());
    }
  }
}

async function note(ports: DeliveryPorts, due: Due, outcome: Sent): Promise<void> {
  const { pool, tenantId, log } = ports;
  if (outcome.sent) {
    // Such cards may wait for whoever changes those; nothing may wait on the shared connection.
    const mayWait = [
      "approval",
      "run",
      "correction",
      "review",
      "incident",
      "sunset",
      "vacancy",
      "tool-review",
    ].includes(due.subjectKind ?? "");
    await sent(mayWait ? pool : ports.shared, tenantId, due, outcome.activityId);
    return;
  }
  if (outcome.retry === "later" && due.attempts < MAX_ATTEMPTS) {
    await postponed(pool, tenantId, due, backOff(due.attempts, outcome.afterMs), outcome.why);
    return;
  }
  log.warn({ outboxId: due.outboxId, verb: due.verb, why: outcome.why }, "a message could not be delivered");
  // A card that cannot be updated would be a live dead button: a fresh one is posted below it, and the old one is given up.
  if (due.verb === "update" && due.cardCopyId !== null) await supersede(pool, tenantId, due, outcome.why);
  else await failed(pool, tenantId, due, outcome.why);
}

/** Exponential with full jitter, in milliseconds; never before the channel said that we may. */
function backOff(attempts: number, afterMs: number): number {
  const ceiling = Math.min(60_000, 500 * 2 ** attempts);
  return Math.max(afterMs, 0) + Math.round(Math.random() * ceiling);
}

async function attempt(ports: DeliveryPorts, due: Due): Promise<Sent> {
  const found = await addressOf(ports, due);
  if ("sent" in found) return found;
  if (due.verb === "post")
    return ports.channel.post(found, { ...due.activity, conversation: { id: found.conversationId } });
  // The post that this update follows was given up: there is nothing to update.
  if (due.copyActivityId === null) return { sent: true, activityId: "" };
  return ports.channel.update(found, due.copyActivityId, {
    ...due.activity,
    conversation: { id: found.conversationId },
  });
}

async function addressOf(ports: DeliveryPorts, due: Due): Promise<Address | Extract<Sent, { sent: false }>> {
  const { pool, tenantId } = ports;
  if (due.lane.startsWith("conversation:")) {
    if (due.address === null)
      return { sent: false, retry: "gone", afterMs: 0, why: "the bot is not in this conversation" };
    return due.address;
  }
  const personId = due.lane.slice("person:".length);
  const chat = await personalChatOf(pool, tenantId, personId);
  return chat ?? openChat(ports, personId);
}

async function openChat(ports: DeliveryPorts, personId: string): Promise<Address | Extract<Sent, { sent: false }>> {
  const { pool, tenantId, directory } = ports;
  const person = directory.byId(personId);
  const service = await latestService(pool, tenantId);
  if (person === undefined)
    return { sent: false, retry: "gone", afterMs: 0, why: "nobody in the directory has this id" };
  if (service === undefined)
    return { sent: false, retry: "later", afterMs: 5_000, why: "no service has spoken to the bot yet" };
  const { channelId, serviceUrl, botId } = service;
  const opened = await ports.channel.open({ channelId, serviceUrl, botId }, { id: person.teamsId, tenantId });
  if ("sent" in opened) return opened;
  await saveConversation(pool, tenantId, {
    ...{ conversationId: opened.conversationId, channelId, serviceUrl, kind: "personal", botId },
    ...{ personId, userId: person.teamsId, name: null },
  });
  return { channelId, serviceUrl, botId, conversationId: opened.conversationId };
}
