import type { DeskMessage } from "../wire.ts";
import { avatar } from "./avatar.ts";
import type { Chat } from "./chat.ts";
import { button, byId, element, icon } from "./element.ts";
import { createMessage, type MessageView } from "./message.ts";
import { isGenerated, spokenOf } from "./message-text.ts";
import type { Session } from "./session.ts";
import { dayName } from "./times.ts";

const NEAR_END = 8;
const MARGIN = 12;
/** Within this time an author need not be named again. */
const TOGETHER_MS = 5 * 60_000;

/** The messages of the open conversation. Messages stay the elements that they are: nobody loses the focus or what they type. */
export function createConversation(session: Session): { draw(): void; stop(): void } {
  const log = byId("log", HTMLElement);
  const heard = byId("heard", HTMLElement);
  const toEnd = byId("to-end", HTMLButtonElement);
  const list = element("div", { class: "messages" });
  // Scrolled by keyboard as well.
  log.tabIndex = 0;
  log.replaceChildren(list);
  const views = new Map<string, MessageView>();
  const days = new Map<string, HTMLElement>();
  const earlier = button({ class: "earlier" }, () => void loadEarlier(), "Show earlier messages");
  let shownId = "";
  let lastKey = "";
  let isAtEnd = true;

  const measure = (): void => {
    isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END;
    if (isAtEnd) toEnd.hidden = true;
  };
  const goToEnd = (): void => {
    log.scrollTop = log.scrollHeight;
    measure();
  };
  /** The end; or where a last message begins that is longer than the screen, for it is read from there. */
  const goToLast = (): void => {
    goToEnd();
    const top = list.lastElementChild?.getBoundingClientRect().top ?? 0;
    const hidden = log.getBoundingClientRect().top - top;
    if (hidden > 0) log.scrollTop -= hidden + MARGIN;
    toEnd.hidden = true;
    measure();
  };
  const loadEarlier = async (): Promise<void> => {
    const fromEnd = log.scrollHeight - log.scrollTop;
    await session.loadEarlier();
    await Promise.resolve();
    log.scrollTop = log.scrollHeight - fromEnd;
  };
  log.onscroll = measure;
  toEnd.replaceChildren(icon("down"), "New messages");
  toEnd.onclick = () => {
    goToLast();
    log.focus();
  };
  let wasHidden = false;
  // Cards unfold and pictures arrive: who was at the end stays there.
  const sizes = new ResizeObserver(() => {
    if (wasHidden && log.clientHeight > 0) goToLast();
    else if (isAtEnd) goToEnd();
    wasHidden = log.clientHeight === 0;
  });
  sizes.observe(list);
  sizes.observe(log);

  const nodesOf = (chat: Chat): Node[] => {
    const nodes: Node[] = chat.earlier ? [earlier] : [];
    let before: DeskMessage | undefined;
    for (const message of session.messagesOf(chat)) {
      const day = dayName(message.sentAt);
      const isNewDay = before === undefined || dayName(before.sentAt) !== day;
      if (isNewDay) {
        const line = days.get(day) ?? element("div", { class: "day" }, element("span", {}, day));
        days.set(day, line);
        nodes.push(line);
      }
      const view = viewOf(message);
      const changed = view.update({
        message,
        isMine: message.author.id === session.person.id,
        isContinued: !isNewDay && isTogether(before, message),
        note: chat.notes.get(message.id),
        isBusy: chat.busy.has(message.id),
      });
      if (changed) heard.textContent = `A card of ${message.author.name} has changed. ${spokenOf(message)}`;
      nodes.push(view.root);
      before = message;
    }
    return nodes;
  };
  const viewOf = (message: DeskMessage): MessageView => {
    const key = keyOf(message);
    const view =
      views.get(key) ??
      createMessage(message, {
        action: (of, action) => void session.act(of, action),
        retry: (of) => void session.retry(of),
      });
    views.set(key, view);
    return view;
  };
  return {
    stop: () => sizes.disconnect(),
    draw() {
      const current = session.current();
      if (current === undefined) return;
      const { chat, conversation } = current;
      const isOther = chat.conversationId !== shownId;
      if (isOther) {
        views.clear();
        days.clear();
        list.replaceChildren();
        shownId = chat.conversationId;
        lastKey = "";
        isAtEnd = true;
      }
      log.setAttribute("aria-busy", String(chat.state === "loading"));
      log.setAttribute("aria-label", `Messages in ${conversation.name}`);
      const messages = session.messagesOf(chat);
      const nodes = messages.length > 0 ? nodesOf(chat) : [emptyState(session, chat)];
      arrange(list, nodes);
      const last = messages.at(-1);
      const key = last === undefined ? "" : keyOf(last);
      const isNew = key !== lastKey;
      lastKey = key;
      if (isAtEnd || (isNew && last?.author.id === session.person.id)) {
        if (isNew) goToLast();
        else goToEnd();
      } else if (isNew) toEnd.hidden = false;
    },
  };
}

/** Makes the children what they should be, and touches none that is in its place. */
function arrange(parent: HTMLElement, nodes: Node[]): void {
  const wanted = new Set(nodes);
  for (const child of [...parent.childNodes]) if (!wanted.has(child)) child.remove();
  let at = parent.firstChild;
  for (const node of nodes) {
    if (node === at) at = at.nextSibling;
    else parent.insertBefore(node, at);
  }
}

/** What the sender's page called it, so that a message stays the same one when the server has given it its id. */
function keyOf({ author, clientId, id }: DeskMessage): string {
  return `${author.id} ${clientId ?? id}`;
}

function isTogether(before: DeskMessage | undefined, message: DeskMessage): boolean {
  if (before?.author.id !== message.author.id) return false;
  // A card stands for itself, with its own time and label.
  if (message.attachments.length > 0 || isGenerated(message)) return false;
  return Date.parse(message.sentAt) - Date.parse(before.sentAt) < TOGETHER_MS;
}

function emptyState(session: Session, chat: Chat): HTMLElement {
  const conversation = session.conversations.find(({ id }) => id === chat.conversationId);
  if (chat.state === "loading") return element("p", { class: "loading" }, "Loading…");
  if (chat.state === "failed")
    return element(
      "div",
      { class: "empty" },
      element("p", {}, "The messages could not be loaded."),
      button({ class: "push" }, () => void session.select(chat.conversationId), "Try again"),
    );
  const isChannel = conversation?.kind === "channel";
  return element(
    "div",
    { class: "empty" },
    avatar(
      isChannel
        ? { id: chat.conversationId, name: conversation.name, kind: "channel" }
        : { id: "", name: "", kind: "bot" },
    ),
    element("h2", {}, isChannel ? `Welcome to ${conversation.name}` : "What can the agents do for you?"),
    element(
      "p",
      {},
      isChannel
        ? "Signalbox hears what mentions it. Everything else stays among the people here."
        : "Ask in plain words. Answers come with their sources, and nothing that matters happens before a person has approved it.",
    ),
  );
}
