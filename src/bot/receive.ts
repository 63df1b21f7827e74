import { parseCardAction } from "../card/card-action.ts";
import { messageOf } from "../errors.ts";
import { isDatabaseAway } from "../store/database-errors.ts";
import { loadExpectation } from "../turn/store.ts";
import { abandon, accept, isOpen, takeOver, type Unfinished } from "./activity-log.ts";
import { createBacklog } from "./backlog.ts";
import type { Channel } from "./channel.ts";
import { auditForgery } from "./forgery.ts";
import { handleCard } from "./handle-card.ts";
import { handleInvoke } from "./handle-invoke.ts";
import { handleMessage, type Situation, sayItFailed } from "./handle-message.ts";
import { handleTurn } from "./handle-turn.ts";
import { type BotPorts, type Incoming, incomingOf } from "./incoming.ts";
import { createReferences } from "./references.ts";
import { handleSignIn } from "./sign-in/handle-sign-in.ts";
import type { Receive } from "./teams.ts";

/** What the rest of the world gives the bot, and what it gets for it: an acknowledgement at once, the rest proactively. */
export type Receiver = {
  /** @returns the answer of an invoke; undefined for everything else, which is answered through the outbox */
  receive: Receive;
  /** finishes what dead processes had accepted */
  recover(): Promise<void>;
  /** waits for the work that is under way */
  drain(): Promise<void>;
};

/** A message that stops the process is tried again after each start; an unlucky one survives several power cuts in a row. */
const MAX_TRIES = 8;
/** How long a message waits for the work on it before it is acknowledged: a channel that hears nothing for long sends it again. */
const ACKNOWLEDGE_MS = 1_500;

export function createReceiver(ports: BotPorts & { channel: Channel }): Receiver {
  const { pool, tenantId, log } = ports;
  const references = createReferences(ports);
  const backlog = createBacklog(ports);
  const underWay = new Set<Promise<void>>();
  const lanes = new Map<string, Promise<void>>();

  /** What one person says in one conversation is worked on in its order. */
  const inOrder = (incoming: Incoming, work: (waited: boolean) => Promise<void>): Promise<void> => {
    const lane = `${incoming.place.conversationId}\n${incoming.personId}`;
    const before = lanes.get(lane);
    const done = (before ?? Promise.resolve())
      .then(() => work(before !== undefined))
      .catch((error: unknown) => log.error({ error: messageOf(error) }, "a message could not be dealt with"))
      .finally(() => {
        underWay.delete(done);
        if (lanes.get(lane) === done) lanes.delete(lane);
      });
    lanes.set(lane, done);
    underWay.add(done);
    return done;
  };

  const message = async (incoming: Incoming): Promise<void> => {
    const { activityId, place, personId, activity: payload } = incoming;
    await references.remember(incoming);
    const taken = {
      conversationId: place.conversationId,
      activityId,
      personId,
      isPersonalChat: place.kind === "personal",
      payload,
    };
    const accepted = await accept(ports.shared, tenantId, taken, ports.worker);
    if (accepted.state === "forged") return auditForgery(ports, incoming, accepted.firstPersonId);
    if (accepted.state === "repeat") return;
    const working = inOrder(incoming, async (waited) => {
      const awaits = waited ? await loadExpectation(pool, tenantId, place.conversationId, personId) : accepted.awaits;
      await attempt(incoming, 1, () => handleMessage(ports, incoming, { ...accepted, awaits }));
    });
    await Promise.race([working, new Promise((resolve) => setTimeout(resolve, ACKNOWLEDGE_MS).unref())]);
  };

  /** Tries until it is done: an outage of the database is waited out, a fault is told and not tried for ever. */
  const attempt = async (incoming: Incoming, tries: number, work: () => Promise<void>): Promise<void> => {
    const key = { conversationId: incoming.place.conversationId, activityId: incoming.activityId };
    try {
      await work();
    } catch (error) {
      if (isDatabaseAway(error))
        return backlog.outlast(incoming.activity, async () => {
          // The connection may have broken after the commit.
          if (await isOpen(pool, tenantId, key)) await attempt(incoming, tries, work);
        });
      log.error({ err: error, tries }, "a message could not be dealt with");
      await sayItFailed(ports, incoming);
      await abandon(pool, tenantId, key);
    }
  };

  const again = async ({ payload, tries, wasAnswered, awaits, handoffId }: Unfinished): Promise<void> => {
    const incoming = { ...incomingOf(payload, ports.directory), isRetried: true };
    const key = { conversationId: incoming.place.conversationId, activityId: incoming.activityId };
    // A click that got no answer is clicked again by whoever wants it; carrying it out behind their back would be worse.
    if (payload.type === "invoke" && !wasAnswered) return abandon(pool, tenantId, key);
    if (tries > MAX_TRIES) {
      log.error({ activityId: incoming.activityId, tries }, "a message stopped the process again and again: given up");
      await sayItFailed(ports, incoming);
      return abandon(pool, tenantId, key);
    }
    const situation: Situation = { awaits, handoffId };
    await inOrder(incoming, () =>
      attempt(incoming, tries, () =>
        payload.type === "invoke" ? continueClick(ports, incoming) : handleMessage(ports, incoming, situation),
      ),
    );
  };

  return {
    async receive(activity) {
      const incoming = incomingOf(activity, ports.directory);
      switch (activity.type) {
        case "message":
          await backlog.keep(activity, () => message(incoming));
          return undefined;
        case "invoke": {
          const signedIn = await handleSignIn(ports, ports.signIn, incoming);
          if (signedIn !== undefined) return signedIn;
          return handleInvoke(ports, incoming, ({ text, resume }) => {
            void inOrder(incoming, () => attempt(incoming, 1, () => handleTurn(ports, incoming, text, resume)));
          });
        }
        case "conversationUpdate":
        case "installationUpdate":
          await references.onMembership(incoming);
          return undefined;
        default:
          return undefined;
      }
    },
    async recover() {
      for (const unfinished of await takeOver(pool, tenantId, ports.worker)) await again(unfinished);
    },
    async drain() {
      while (underWay.size > 0) await Promise.allSettled(underWay);
    },
  };
}

/** A click was answered, and the process died before the turn that it let go on was done. */
async function continueClick(ports: BotPorts, incoming: Incoming): Promise<void> {
  const { value } = incoming.activity as { value?: { action?: { verb?: unknown; data?: unknown } } };
  const parsed = parseCardAction(value?.action?.verb, value?.action?.data);
  if ("wrong" in parsed) return;
  const result = await handleCard(ports, incoming, parsed.action, "card");
  if (result.kind === "continues") await handleTurn(ports, incoming, result.text, result.resume);
}
