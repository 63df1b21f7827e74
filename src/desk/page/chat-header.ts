import type { DeskConversation } from "../wire.ts";
import { avatar } from "./avatar.ts";
import { button, byId, element, icon } from "./element.ts";
import type { Session } from "./session.ts";

/** The line above the messages: where one is, and on a narrow screen the way back to the list. */
export function createChatHeader(session: Session, onBack: () => void): { draw(): void } {
  const header = byId("chat-header", HTMLElement);
  const connection = byId("connection", HTMLElement);
  const typing = byId("typing", HTMLElement);
  let shownId = "";
  return {
    draw() {
      const current = session.current();
      if (current === undefined) return;
      const { conversation, chat } = current;
      if (conversation.id !== shownId) {
        shownId = conversation.id;
        header.replaceChildren(
          button({ class: "icon-button back", "aria-label": "Back to the chats", title: "Back" }, onBack, icon("back")),
          pictureOf(conversation),
          element(
            "div",
            { class: "chat-title" },
            element("h1", {}, conversation.name),
            element("p", {}, subtitleOf(conversation)),
          ),
        );
      }
      const state = session.isConnected ? "" : "The desk's server does not answer. Trying again…";
      if (connection.textContent !== state) connection.textContent = state;
      const types = chat.typing !== null && chat.typing.until > Date.now() ? `${chat.typing.name} is typing…` : "";
      if (typing.textContent !== types) typing.textContent = types;
    },
  };
}

export function pictureOf(conversation: DeskConversation): HTMLElement {
  return conversation.kind === "personal"
    ? avatar({ id: "", name: conversation.name, kind: "bot" })
    : avatar({ id: conversation.id, name: conversation.name, kind: "channel" });
}

function subtitleOf({ kind, team, members }: DeskConversation): string {
  if (kind === "personal") return "The agents of Contoso, under one roof";
  return `${team ?? "Channel"} · ${members} ${members === 1 ? "member" : "members"} and Signalbox`;
}
