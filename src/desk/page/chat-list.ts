import type { DeskConversation } from "../wire.ts";
import { pictureOf } from "./chat-header.ts";
import { button, byId, element } from "./element.ts";
import { spokenOf } from "./message-text.ts";
import type { Session } from "./session.ts";
import { briefTime } from "./times.ts";

/** The chats of the person, with what was said last and how much of it is unread. */
export function createChatList(session: Session, onSelect: (id: string) => void): { draw(): void } {
  const nav = byId("chats", HTMLElement);
  const rows = session.conversations.map((conversation) => rowOf(session, conversation, onSelect));
  const teams = [...new Set(session.conversations.map(({ team }) => team))];
  nav.replaceChildren(
    ...teams.map((team) =>
      element(
        "section",
        {},
        element("h2", { class: "chats-title" }, team ?? "Chat"),
        element(
          "ul",
          { class: "chats-list" },
          ...rows.filter((row) => row.team === team).map((row) => element("li", {}, row.root)),
        ),
      ),
    ),
  );
  return {
    draw() {
      for (const row of rows) row.draw();
      const unread = session.conversations.reduce((sum, one) => sum + unreadOf(session, one), 0);
      document.title = `${unread > 0 ? `(${unread}) ` : ""}${session.person.name} · Signalbox desk`;
    },
  };
}

function rowOf(session: Session, conversation: DeskConversation, onSelect: (id: string) => void) {
  const time = element("time", { class: "chat-time" });
  const last = element("span", { class: "chat-last" });
  const badge = element("span", { class: "badge" });
  const root = button(
    { class: "chat-row" },
    () => onSelect(conversation.id),
    pictureOf(conversation),
    element("span", { class: "chat-name" }, conversation.name),
    time,
    last,
    badge,
  );
  const draw = (): void => {
    const unread = unreadOf(session, conversation);
    const isCurrent = session.current()?.conversation.id === conversation.id;
    if (isCurrent) root.setAttribute("aria-current", "true");
    else root.removeAttribute("aria-current");
    root.classList.toggle("unread", unread > 0);
    time.textContent = conversation.last === null ? "" : briefTime(conversation.last.sentAt);
    last.textContent = previewOf(session, conversation);
    badge.hidden = unread === 0;
    badge.replaceChildren(unread > 99 ? "99+" : String(unread), element("span", { class: "only-heard" }, " unread"));
  };
  return { root, draw, team: conversation.team };
}

/** What stands before somebody's eyes is not unread. */
function unreadOf(session: Session, { id, unread }: DeskConversation): number {
  const isSeen = session.current()?.conversation.id === id && document.visibilityState === "visible";
  return isSeen ? 0 : unread;
}

function previewOf(session: Session, { last, kind }: DeskConversation): string {
  if (last === null) return kind === "personal" ? "Ask the agents" : "Nothing said yet";
  const who = last.author.id === session.person.id ? "You: " : kind === "channel" ? `${last.author.name}: ` : "";
  if (last.deleted) return `${who}deleted a message`;
  return `${who}${last.text.replaceAll(/<\/?at>/g, "") || spokenOf(last) || "Sent a card"}`;
}
