/** What the page and the server of the desk say to each other. The page imports these types too. */

export type DeskPerson = {
  id: string;
  /** the part of the address before the @: names the person in the page's URL */
  handle: string;
  name: string;
  title: string;
  department: string;
  roles: string[];
};

type DeskAttachment = { contentType: string; content?: unknown };

export type DeskMessage = {
  id: string;
  conversationId: string;
  /** order in the chat */
  position: number;
  /** grows with every change: of two forms of a message the one with the greater number is the newer */
  change: number;
  author: { id: string; name: string; kind: "bot" | "person" };
  /** ISO 8601 */
  sentAt: string;
  editedAt: string | null;
  deleted: boolean;
  delivery: "not-for-bot" | "pending" | "delivered" | "failed";
  /** what the sender's page called it */
  clientId: string | null;
  text: string;
  textFormat: "plain" | "markdown";
  attachments: DeskAttachment[];
  entities: Record<string, unknown>[];
};

export type DeskConversation = {
  id: string;
  kind: "personal" | "channel";
  name: string;
  team: string | null;
  members: number;
  unread: number;
  last: DeskMessage | null;
};

/** `change`: everything up to this number is in here; ask the stream for what comes after it. */
export type Opened = { person: DeskPerson; conversations: DeskConversation[]; change: number };
/** Oldest first. `earlier`: there are more before these. */
export type MessagePage = { messages: DeskMessage[]; earlier: boolean };

/** What a click on a card leads to. A new card is not in here: it arrives by the stream, like every change. */
export type ActionOutcome =
  | { kind: "accepted" }
  | { kind: "said"; text: string }
  | { kind: "refused"; text: string }
  /** no answer, or one that nobody can read */
  | { kind: "went-wrong"; text: string };

export type DeskEvents = {
  message: DeskMessage;
  unread: { conversationId: string; unread: number };
  typing: { conversationId: string; name: string };
  /** the page has seen more than there is: the database is another one, and the page must start over */
  stale: Record<string, never>;
};
