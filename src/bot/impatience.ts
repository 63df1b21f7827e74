import { renderAnswer } from "../card/answer.ts";
import type { Progress } from "../turn/take-turn.ts";
import { type BotPorts, type Incoming, replyKey } from "./incoming.ts";
import { type Outgoing, post } from "./outbox.ts";

const PATIENCE_MS = 3_000;

type Impatience = {
  progress: Progress;
  /** Nothing is said any more. @returns whether a part of the answer was shown */
  end(): Promise<boolean>;
};

/** After the SLA the person reads what is there, or that the answer will come by itself (R2.5 c). */
export function afterAWhile(ports: BotPorts, incoming: Incoming, turnId: string): Impatience {
  let soFar: Parameters<Progress> | undefined;
  let isShown = false;
  let saying = Promise.resolve();
  const say = async (): Promise<void> => {
    const here = { conversationId: incoming.place.conversationId };
    const text = "This takes longer than usual. I am still on it, and the answer will follow here by itself.";
    const part = soFar === undefined ? { text } : partial(turnId, ...soFar);
    const key = replyKey(incoming, soFar === undefined ? "slow" : "partial");
    await post(ports.pool, ports.tenantId, here, part, key, incoming.personId);
    isShown = soFar !== undefined;
    ports.wake();
  };
  // What cannot be said now is not worth failing for: the answer itself follows.
  const timer = setTimeout(() => {
    saying = say().catch(() => {});
  }, PATIENCE_MS);
  return {
    progress: (...heard) => {
      soFar = heard;
    },
    async end() {
      clearTimeout(timer);
      await saying;
      return isShown;
    },
  };
}

function partial(turnId: string, soFar: Parameters<Progress>[0], stillAsked: Parameters<Progress>[1]): Outgoing {
  const names = stillAsked.map(({ displayName }) => displayName);
  const about = { kind: "turn", id: turnId, view: "answer", version: 1 } as const;
  return { card: renderAnswer(soFar, { turnId, code: "" }, names), about, generated: true };
}
