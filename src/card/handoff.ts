import { z } from "zod";
import type { Handoff } from "../handoff/handoff.ts";
import type { Candidate } from "../routing/router.ts";
import { choicesOf } from "./clarify.ts";
import { Choice, clusterNames, Fact, intentName, Style } from "./shared.ts";
import { type Card, cardTemplate, fitting } from "./template.ts";
import { brief, cut, plain } from "./text.ts";

const HandoffCard = z.strictObject({
  speak: z.string(),
  style: Style,
  banner: z.string(),
  title: z.string(),
  reason: z.string(),
  transcript: z.array(z.strictObject({ who: z.string(), text: z.string() })),
  candidates: z.array(Fact),
  waiting: z.boolean(),
  claimed: z.boolean(),
  handoffId: z.uuid(),
  hint: z.string(),
});
const expand = cardTemplate("handoff", HandoffCard);

/** The responders' card, in the cluster's channel and in the chat of whoever claimed it. */
export function renderHandoff(handoff: Handoff, responderName: string | undefined): Card {
  return fitting(
    () => render(handoff, responderName, 300),
    () => render(handoff, responderName, 80),
  );
}

function render(handoff: Handoff, responderName: string | undefined, length: number): Card {
  const { summary, status, code } = handoff;
  const who = responderName ?? "somebody";
  const banners: Record<Handoff["status"], [Style, string]> = {
    waiting: ["warning", "Somebody waits for a person"],
    claimed: ["accent", `Claimed by ${who}`],
    resolved: ["good", `Resolved by ${who}${handoff.note === null ? "" : `: ${handoff.note}`}`],
    returned: ["default", "Handed back to the bot"],
  };
  const [style, banner] = banners[status];
  return expand({
    speak: plain(cut(`${banner}. ${handoff.requesterName} needs help.`, 300)),
    style,
    banner: plain(cut(banner, 500)),
    title: `${brief(handoff.requesterName)} · ${clusterNames[handoff.clusterId] ?? handoff.clusterId} · ${code}`,
    reason: plain(cut(summary.reason, length)),
    transcript: summary.transcript.map(({ who: speaker, text }) => ({
      who: brief(speaker),
      text: plain(cut(text, length)),
    })),
    candidates: summary.candidates.map(({ displayName, intent, score }) => ({
      label: brief(displayName),
      value: `${brief(intentName(intent))}, score ${score.toFixed(2)}`,
    })),
    waiting: status === "waiting",
    claimed: status === "claimed",
    handoffId: handoff.handoffId,
    hint:
      status === "claimed"
        ? `${brief(who)}: what you write to me in our own chat goes to ${brief(handoff.requesterName)}. Type “resolve” or “hand back” to end it.`
        : status === "waiting"
          ? "First claim wins. Then you talk with them through me, in your own chat with me."
          : "",
  });
}

const WaitCard = z.strictObject({
  speak: z.string(),
  style: Style,
  banner: z.string(),
  text: z.string(),
  choices: z.array(Choice),
  turnId: z.uuid(),
  handoffId: z.uuid(),
  open: z.boolean(),
});
const expandWait = cardTemplate("handoff-wait", WaitCard);

/** What the one who waits sees, with the agents that could have been meant. */
export function renderHandoffWait(
  handoff: Handoff,
  responderName: string | undefined,
  candidates: readonly Candidate[],
): Card {
  const cluster = clusterNames[handoff.clusterId] ?? handoff.clusterId;
  const who = responderName ?? "A colleague";
  const states: Record<Handoff["status"], [Style, string, string]> = {
    waiting: [
      "warning",
      `I have asked the people of ${cluster}`,
      `${handoff.summary.reason} The first who is free answers you here. ${candidates.length > 0 ? "Or was it one of these?" : "You can go on asking me meanwhile."}`,
    ],
    claimed: ["accent", `${who} is with you now`, "What you write here goes to them. Type “back to bot” to end it."],
    resolved: ["good", `${who} has resolved it`, handoff.note ?? "You are back with me: just ask."],
    returned: ["default", "You are back with the bot", "Just ask."],
  };
  const [style, banner, text] = states[handoff.status];
  return expandWait({
    speak: plain(cut(banner, 300)),
    style,
    banner: plain(cut(banner, 500)),
    text: plain(cut(text, 1_200)),
    choices: handoff.status === "waiting" ? choicesOf(candidates) : [],
    turnId: handoff.turnId,
    handoffId: handoff.handoffId,
    open: handoff.status === "waiting" || handoff.status === "claimed",
  });
}
