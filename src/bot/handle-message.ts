import { parseCardAction } from "../card/card-action.ts";
import { renderNotice } from "../card/notice.ts";
import { transaction } from "../store/pool.ts";
import type { Awaits } from "../turn/turn.ts";
import { spokenText } from "./activity.ts";
import { finish } from "./activity-log.ts";
import { asPost, type CardResult, refused } from "./card-result.ts";
import { clusterWanted } from "./cluster-wanted.ts";
import { type Command, readCommand } from "./command.ts";
import { handleCard } from "./handle-card.ts";
import { handleCommand } from "./handle-command.ts";
import { handleTurn } from "./handle-turn.ts";
import { relay } from "./handoffs.ts";
import { type BotPorts, type Incoming, replyKey } from "./incoming.ts";
import { post } from "./outbox.ts";
import { tellOfUnreadFiles } from "./unread-files.ts";

/** What was going on in the conversation when a message came. */
export type Situation = { awaits: Awaits | undefined; handoffId: string | undefined };

const MAX_TEXT = 4_000;

/** Buttons first, then commands, then people who talk with each other; only the rest is routed. */
export async function handleMessage(ports: BotPorts, incoming: Incoming, situation: Situation): Promise<void> {
  const text = spokenText(incoming.activity);
  const { value } = incoming.activity;
  if (typeof value === "object" && value !== null && text === "") return onButton(ports, incoming, value);
  await tellOfUnreadFiles(ports, incoming);
  if (text === "")
    return sayLast(ports, incoming, refused(400, "NoText", "I read text only", "Please write what you need."));
  if (text.length > MAX_TEXT) {
    const hint = `Yours has ${text.length} characters, I read up to ${MAX_TEXT}. Please say it shorter.`;
    return sayLast(ports, incoming, refused(400, "TooLong", "That message is too long", hint));
  }
  const command = readCommand(text);
  if (situation.handoffId !== undefined && !worksAmongPeople(command)) {
    if (await relay(ports, incoming, situation.handoffId, text)) return ports.wake();
  }
  if (command?.kind === "person") {
    const clusterId = await clusterWanted(ports, incoming, command.about);
    return handleTurn(ports, incoming, text, { kind: "person", parentTurnId: undefined, clusterId });
  }
  const result = command === undefined ? undefined : await handleCommand(ports, incoming, command);
  if (result?.kind === "continues") return handleTurn(ports, incoming, result.text, result.resume);
  if (result !== undefined) return sayLast(ports, incoming, result);
  const { awaits } = situation;
  await handleTurn(ports, incoming, text, awaits === undefined ? { kind: "nothing" } : { kind: "detail", awaits });
}

/** While a person talks with a person, the bot listens to these only. */
const amongPeople: readonly Command["kind"][] = [
  "approve",
  "reject",
  "approvals",
  "requests",
  "status",
  "why",
  "claim",
  "resolve",
  "hand-back",
];

function worksAmongPeople(command: Command | undefined): boolean {
  return command !== undefined && amongPeople.includes(command.kind);
}

/** A button that came as a message: an `Action.Submit`, or a client that does not know `Action.Execute`. */
async function onButton(ports: BotPorts, incoming: Incoming, value: object): Promise<void> {
  const parsed = parseCardAction(undefined, value);
  if ("wrong" in parsed)
    return sayLast(ports, incoming, refused(400, "UnknownButton", "That button did nothing", parsed.wrong));
  const result = await handleCard(ports, incoming, parsed.action, "message");
  if (result.kind === "continues") return handleTurn(ports, incoming, result.text, result.resume);
  await sayLast(ports, incoming, result);
}

/** The last thing that is said to a message; with it the message is dealt with. */
async function sayLast(ports: BotPorts, incoming: Incoming, result: CardResult): Promise<void> {
  const { conversationId } = incoming.place;
  const { activityId } = incoming;
  const outgoing = asPost(result);
  await transaction(ports.pool, async (tx) => {
    if (outgoing !== undefined)
      await post(tx, ports.tenantId, { conversationId }, outgoing, replyKey(incoming, 0), incoming.personId);
    await finish(tx, ports.tenantId, { conversationId, activityId });
  });
  ports.wake();
}

/** Something broke on our side: said in words, and the message is left for another try where one is worth it. */
export async function sayItFailed(ports: BotPorts, incoming: Incoming): Promise<void> {
  const { conversationId } = incoming.place;
  const hint = "I have noted the fault for the people who run me. Please ask again, or type “talk to a human”.";
  const card = renderNotice("attention", "Something went wrong on my side", `Nothing was done. ${hint}`);
  await post(ports.pool, ports.tenantId, { conversationId }, { card }, replyKey(incoming, "fault"), incoming.personId);
  ports.wake();
}
