import { z } from "zod";
import { Style } from "./shared.ts";
import { type Card, cardTemplate } from "./template.ts";
import { brief, cut, plain } from "./text.ts";

const NoticeCard = z.strictObject({
  speak: z.string(),
  style: Style,
  title: z.string().min(1),
  text: z.string().min(1),
});
const expand = cardTemplate("notice", NoticeCard);

/** Says one thing: what did not happen, why, and what to do next. */
export function renderNotice(style: Style, title: string, text: string): Card {
  return expand({
    speak: plain(cut(`${title}. ${text}`, 300)),
    style,
    title: plain(cut(title, 300)),
    text: plain(cut(text, 2_000)),
  });
}

const WelcomeCard = z.strictObject({
  speak: z.string(),
  name: z.string(),
  examples: z.array(z.strictObject({ text: z.string() })),
  commands: z.string(),
});
const expandWelcome = cardTemplate("welcome", WelcomeCard);

const examples = [
  "Which Fabrikam invoices are overdue?",
  "Raise a credit note of 450 for INV-1042, damaged goods",
  "How many days of leave do I have left?",
  "Open a ticket: my laptop does not start",
];
const commandList =
  "my approvals · my requests · approve CODE · reject CODE reason · status CODE · why CODE · withdraw CODE · undo CODE · wrong agent · corrections · reviews · memory · fleet · agent NAME · talk to a human · help";

/** The first message in a personal chat, and the answer to "help". */
export function renderWelcome(name: string): Card {
  return expandWelcome({
    speak: "Hello, I am Signalbox. Ask me something, or ask me to have something done.",
    name: brief(name),
    examples: examples.map((text) => ({ text: plain(text) })),
    commands: commandList,
  });
}
