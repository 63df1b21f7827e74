import type { DeskMessage, MessagePage } from "../wire.ts";

/** A line below a card: what the bot said to a click. */
export type Note = { kind: "said" | "refused" | "went-wrong"; text: string };

/** One conversation as far as the page has loaded it. */
export type Chat = {
  conversationId: string;
  /** in order */
  messages: DeskMessage[];
  /** there are more before the first one */
  earlier: boolean;
  state: "loading" | "loaded" | "failed";
  typing: { name: string; until: number } | null;
  notes: Map<string, Note>;
  /** messages with a click under way */
  busy: Set<string>;
};

export function emptyChat(conversationId: string): Chat {
  return {
    ...{ conversationId, messages: [], earlier: false, state: "loading", typing: null },
    ...{ notes: new Map(), busy: new Set() },
  };
}

/** Takes in a message or a newer form of one. An older form of it, and what lies before the loaded part, changes nothing. */
export function takeMessage(chat: Chat, message: DeskMessage): boolean {
  const at = chat.messages.findIndex(({ id }) => id === message.id);
  const known = chat.messages[at];
  if (known !== undefined) {
    if (known.change >= message.change) return false;
    chat.messages[at] = message;
    return true;
  }
  const [first] = chat.messages;
  if (chat.earlier && first !== undefined && message.position < first.position) return false;
  chat.messages.push(message);
  chat.messages.sort((a, b) => a.position - b.position);
  return true;
}

/** Takes in the part of a conversation that ends where the loaded part begins. */
export function takePage(chat: Chat, page: MessagePage): void {
  chat.earlier = false;
  for (const message of page.messages) takeMessage(chat, message);
  const [first] = page.messages;
  // Changes of older messages may have come meanwhile; they would leave a gap.
  if (page.earlier && first !== undefined)
    chat.messages = chat.messages.filter(({ position }) => position >= first.position);
  chat.earlier = page.earlier;
  chat.state = "loaded";
}
