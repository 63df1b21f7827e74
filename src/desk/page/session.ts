import type { DeskConversation, DeskMessage, DeskPerson, Opened } from "../wire.ts";
import { api, type CardAction } from "./api.ts";
import { type Chat, emptyChat, takeMessage, takePage } from "./chat.ts";
import { listenTo } from "./stream.ts";
import { asMessage, loadUnsent, saveUnsent, type Unsent } from "./unsent.ts";

/** One person at the desk: their chats, what they do, and what happens meanwhile. */
export type Session = {
  person: DeskPerson;
  conversations: DeskConversation[];
  isConnected: boolean;
  current(): { conversation: DeskConversation; chat: Chat } | undefined;
  /** the messages of a chat, and after them what could not be sent yet */
  messagesOf(chat: Chat): DeskMessage[];
  select(conversationId: string): Promise<void>;
  loadEarlier(): Promise<void>;
  say(text: string): Promise<void>;
  retry(message: DeskMessage): Promise<void>;
  act(message: DeskMessage, action: CardAction): Promise<void>;
  /** Somebody is looking: what stands in the current chat is read. */
  seen(): void;
  stop(): void;
};

const TYPING_MS = 6_000;
const SELECTED = "desk-chat";

/** @param draw is called whenever something to be seen has changed */
export function startSession(opened: Opened, draw: () => void): Session {
  const { person, conversations } = opened;
  const chats = new Map<string, Chat>();
  const read = new Map<string, number>();
  let unsent = loadUnsent(person.id);
  let currentId = "";
  const where = (conversation: string) => ({ person: person.handle, conversation });
  const conversationOf = (id: string) => conversations.find((one) => one.id === id);
  const changeUnsent = (change: (all: Unsent[]) => Unsent[]): void => {
    unsent = change(unsent);
    saveUnsent(person.id, unsent);
    draw();
  };

  const taken = (message: DeskMessage): void => {
    const conversation = conversationOf(message.conversationId);
    if (conversation === undefined) return;
    if (conversation.last === null || conversation.last.position <= message.position) conversation.last = message;
    const chat = chats.get(message.conversationId);
    if (chat !== undefined) {
      const isNew = takeMessage(chat, message);
      if (isNew && message.author.kind === "bot") chat.typing = null;
    }
    changeUnsent((all) => all.filter(({ clientId }) => clientId !== message.clientId));
  };
  const send = async (one: Unsent): Promise<void> => {
    changeUnsent((all) => [
      ...all.filter(({ clientId }) => clientId !== one.clientId),
      { ...one, state: "sending" as const },
    ]);
    try {
      // The message itself comes by the stream and takes the place of this one.
      await api.say(where(one.conversationId), one.text, one.clientId);
    } catch {
      changeUnsent((all) => all.map((each) => (each.clientId === one.clientId ? { ...each, state: "failed" } : each)));
    }
  };
  const load = async (chat: Chat, before?: number): Promise<void> => {
    try {
      takePage(chat, await api.messages(where(chat.conversationId), before));
    } catch {
      if (chat.state === "loading") chat.state = "failed";
    }
    draw();
  };

  const stop = listenTo(person.handle, opened.change, {
    message: taken,
    unread({ conversationId, unread }) {
      const conversation = conversationOf(conversationId);
      if (conversation !== undefined) conversation.unread = unread;
      draw();
    },
    typing({ conversationId, name }) {
      const chat = chats.get(conversationId);
      if (chat === undefined) return;
      chat.typing = { name, until: Date.now() + TYPING_MS };
      setTimeout(draw, TYPING_MS + 50);
      draw();
    },
    stale: () => location.reload(),
    connected(isUp) {
      if (session.isConnected === isUp) return;
      session.isConnected = isUp;
      draw();
    },
  });

  const session: Session = {
    person,
    conversations,
    isConnected: true,
    current() {
      const conversation = conversationOf(currentId);
      const chat = chats.get(currentId);
      return conversation === undefined || chat === undefined ? undefined : { conversation, chat };
    },
    messagesOf(chat) {
      const waiting = unsent.filter(
        ({ conversationId, clientId }) =>
          conversationId === chat.conversationId && !chat.messages.some((message) => message.clientId === clientId),
      );
      return [
        ...chat.messages,
        ...waiting.map((one, i) => asMessage(person, one, Number.MAX_SAFE_INTEGER - waiting.length + i)),
      ];
    },
    async select(conversationId) {
      currentId = conversationId;
      sessionStorage.setItem(`${SELECTED} ${person.id}`, conversationId);
      const known = chats.get(conversationId);
      const chat = known ?? emptyChat(conversationId);
      chats.set(conversationId, chat);
      if (known === undefined || known.state === "failed") {
        chat.state = "loading";
        draw();
        await load(chat);
      } else draw();
    },
    async loadEarlier() {
      const chat = chats.get(currentId);
      const first = chat?.messages[0];
      if (chat !== undefined && first !== undefined && chat.earlier) await load(chat, first.position);
    },
    say: (text) =>
      send({
        ...{ clientId: crypto.randomUUID(), conversationId: currentId, text, state: "sending" },
        sentAt: new Date().toISOString(),
      }),
    async retry(message) {
      const one = unsent.find(({ clientId }) => clientId === message.clientId);
      if (one !== undefined) return send(one);
      await api.retry(where(message.conversationId), message.id).catch(() => draw());
    },
    async act(message, action) {
      const chat = chats.get(message.conversationId);
      if (chat === undefined || chat.busy.has(message.id)) return;
      chat.busy.add(message.id);
      chat.notes.delete(message.id);
      draw();
      try {
        const outcome = await api.act(where(message.conversationId), message.id, action);
        if (outcome.kind !== "accepted") chat.notes.set(message.id, outcome);
      } catch (error) {
        chat.notes.set(message.id, {
          kind: "went-wrong",
          text: error instanceof Error ? error.message : String(error),
        });
      }
      chat.busy.delete(message.id);
      draw();
    },
    seen() {
      const current = session.current();
      const last = current?.chat.messages.at(-1);
      if (current === undefined || last === undefined || current.chat.state !== "loaded") return;
      if (last.position <= (read.get(currentId) ?? 0)) return;
      const before = read.get(currentId);
      read.set(currentId, last.position);
      if (current.conversation.unread === 0 && before === undefined) return;
      current.conversation.unread = 0;
      // The next message that is seen says the same again, and more.
      api.read(where(currentId), last.position).catch(() => read.delete(currentId));
    },
    stop,
  };
  return session;
}

/** The chat that this person had open in this window, or the one with the bot. */
export function rememberedChat({ person, conversations }: Session): string | undefined {
  const kept = sessionStorage.getItem(`${SELECTED} ${person.id}`);
  const known = conversations.find(({ id }) => id === kept);
  return (known ?? conversations.find(({ kind }) => kind === "personal") ?? conversations[0])?.id;
}
