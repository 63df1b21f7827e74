import type { DeskMessage } from "../wire.ts";
import type { CardAction } from "./api.ts";
import { avatar } from "./avatar.ts";
import { type CardView, createCard } from "./card.ts";
import type { Note } from "./chat.ts";
import { button, element, icon } from "./element.ts";
import { citationsOf, isGenerated, messageText } from "./message-text.ts";
import { dateAndTime, timeOfDay } from "./times.ts";

type MessageState = {
  message: DeskMessage;
  isMine: boolean;
  /** the same author as just before: no need to name them again */
  isContinued: boolean;
  note: Note | undefined;
  isBusy: boolean;
};
export type MessageView = {
  root: HTMLElement;
  /** @returns whether a card that stood there became another one */
  update(state: MessageState): boolean;
};

const CARD = "application/vnd.microsoft.card.adaptive";

export function createMessage(
  first: DeskMessage,
  on: { action(message: DeskMessage, action: CardAction): void; retry(message: DeskMessage): void },
): MessageView {
  let message = first;
  let drawn = "";
  const cards: CardView[] = [];
  const head = element("div", { class: "message-head" });
  const words = element("div", { class: "words" });
  const cardList = element("div", { class: "cards" });
  const sources = element("div", { class: "sources" });
  const note = element("div", { class: "note", role: "status" });
  const fate = element("div", { class: "fate", role: "status" });
  const main = element("div", { class: "message-main" }, head, words, cardList, sources, note, fate);
  const root = element("article", { class: "message", tabindex: -1 }, avatar(first.author), main);

  const drawWords = (): void => {
    if (message.deleted) words.replaceChildren(element("p", { class: "gone" }, "This message was deleted."));
    else words.replaceChildren(...(message.text === "" ? [] : [messageText(message)]));
    words.classList.toggle("bubble", message.deleted || message.text !== "");
    sources.replaceChildren(...citationsOf(message).map(sourceLine));
  };
  const drawCards = (isBusy: boolean): boolean => {
    const wanted = message.deleted ? [] : message.attachments;
    const before = cards.length;
    while (cards.length > wanted.length) cards.pop()?.root.remove();
    const changed = wanted.map(({ contentType, content }, i) => {
      const card = cards[i] ?? createCard((action) => on.action(message, action));
      if (cards[i] === undefined) {
        cards.push(card);
        cardList.append(card.root);
      }
      const shown = contentType === CARD ? content : { fallbackText: `The desk does not show ${contentType}.` };
      return card.update(shown, isBusy) && i < before;
    });
    return changed.includes(true);
  };
  return {
    root,
    update(state) {
      message = state.message;
      root.classList.toggle("mine", state.isMine);
      root.classList.toggle("continued", state.isContinued);
      root.setAttribute("aria-label", `${message.author.name}, ${timeOfDay(message.sentAt)}`);
      const now = JSON.stringify([message.text, message.textFormat, message.entities, message.deleted]);
      if (now !== drawn) drawWords();
      drawn = now;
      head.replaceChildren(...headOf(message, state.isMine));
      drawNote(note, state.note);
      drawFate(fate, message, () => on.retry(message));
      return drawCards(state.isBusy);
    },
  };
}

function headOf(message: DeskMessage, isMine: boolean): Node[] {
  const parts: Node[] = [];
  parts.push(element("span", { class: isMine ? "author only-heard" : "author" }, message.author.name));
  if (isGenerated(message))
    parts.push(
      element(
        "span",
        { class: "generated", title: "Written by an AI agent. Check what matters." },
        icon("spark"),
        "AI generated",
      ),
    );
  parts.push(
    element("time", { datetime: message.sentAt, title: dateAndTime(message.sentAt) }, timeOfDay(message.sentAt)),
  );
  if (message.editedAt !== null && !message.deleted)
    parts.push(element("span", { class: "edited", title: dateAndTime(message.editedAt) }, "Edited"));
  return parts;
}

/** Redrawn only when it says something else: what is read aloud is not read twice. */
function drawNote(place: HTMLElement, note: Note | undefined): void {
  const text = note?.text ?? "";
  if (place.textContent === text) return;
  place.className = note === undefined ? "note" : `note note-${note.kind}`;
  place.textContent = text;
}

function drawFate(place: HTMLElement, { delivery }: DeskMessage, retry: () => void): void {
  if (place.dataset.delivery === delivery) return;
  place.dataset.delivery = delivery;
  if (delivery === "pending") place.replaceChildren(element("span", { class: "sending" }, "Sending…"));
  else if (delivery === "failed")
    place.replaceChildren(
      element("span", { class: "failed" }, "Not delivered."),
      button({ class: "link" }, retry, "Try again"),
    );
  else place.replaceChildren();
}

function sourceLine({ position, name, abstract, url }: ReturnType<typeof citationsOf>[number]): HTMLElement {
  const title =
    url === undefined
      ? element("span", {}, name)
      : element("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, name);
  return element(
    "p",
    { class: "source" },
    element("span", { class: "source-number" }, String(position)),
    title,
    abstract === "" ? null : element("span", { class: "source-text" }, abstract),
  );
}
