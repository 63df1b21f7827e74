import { z } from "zod";
import { appendAudit } from "../../audit/store.ts";
import { messageOf } from "../../errors.ts";
import { transaction } from "../../store/pool.ts";
import type { BotPorts, Incoming } from "../incoming.ts";
import { post, type Target } from "../outbox.ts";
import type { UserTokens } from "./user-tokens.ts";

/** What Teams is answered: unlike with cards it looks at the HTTP status. 412: show the person the button. */
export type SignInAnswer = { httpStatus: 200 | 412; body: Record<string, string> };

const Exchange = z.looseObject({ id: z.string().max(512), connectionName: z.string(), token: z.string().min(1) });
const Verify = z.looseObject({ state: z.string().regex(/^\d{4,10}$/) });

/**
 * Takes what somebody signed in with: what Teams got silently, or the code that the sign-in page gave them. Teams sends
 * the former from each of their devices; the second time changes nothing. None of it is stored or logged here: the token
 * service keeps it, and what it keeps is looked at again when it is used.
 * @returns undefined where the invoke is something else
 */
export async function handleSignIn(
  ports: BotPorts,
  signIn: UserTokens | undefined,
  incoming: Incoming,
): Promise<SignInAnswer | undefined> {
  const { name, value, from } = incoming.activity;
  if (name !== "signin/tokenExchange" && name !== "signin/verifyState") return undefined;
  const failed = (why: string): SignInAnswer => {
    const { id = "" } = Exchange.safeParse(value).data ?? {};
    return { httpStatus: 412, body: { id, failureDetail: why } };
  };
  if (signIn === undefined || incoming.person === undefined) return failed("There is nothing to sign in to here.");
  try {
    const isIn = await taken(signIn, from.id, name, value);
    if (!isIn) return failed("Sign in with the button.");
    await note(ports, incoming, Exchange.safeParse(value).data?.id ?? incoming.activityId);
    return { httpStatus: 200, body: {} };
  } catch (error) {
    ports.log.warn({ error: messageOf(error) }, "a sign-in could not be taken");
    return failed("I cannot take this in right now.");
  }
}

async function taken(signIn: UserTokens, userId: string, name: string, value: unknown): Promise<boolean> {
  if (name === "signin/tokenExchange") {
    const wanted = Exchange.safeParse(value);
    return wanted.success && signIn.exchange(userId, wanted.data.token);
  }
  const wanted = Verify.safeParse(value);
  return wanted.success && signIn.redeem(userId, wanted.data.state);
}

/** @param about the same for all devices of one sign-in */
async function note(ports: BotPorts, { personId, place }: Incoming, about: string): Promise<void> {
  const { tenantId, pool } = ports;
  const here: Target = { conversationId: place.conversationId };
  await transaction(pool, async (tx) => {
    await appendAudit(tx, { tenantId, kind: "person.signed-in", actor: personId, data: {} });
    await post(
      tx,
      tenantId,
      here,
      { text: "You are signed in. Please ask me again." },
      `signed-in:${personId}:${about}`,
    );
  });
  ports.wake();
}
