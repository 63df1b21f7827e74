import type { DeskMessage, DeskPerson } from "../wire.ts";

/** What somebody wrote and the desk's server does not have yet. */
export type Unsent = {
  clientId: string;
  conversationId: string;
  text: string;
  sentAt: string;
  state: "sending" | "failed";
};

/** Kept by the window, so that a reload loses nothing that was written. */
export function loadUnsent(personId: string): Unsent[] {
  const kept = sessionStorage.getItem(keyOf(personId));
  const unsent = kept === null ? [] : (JSON.parse(kept) as Unsent[]);
  // Nobody is sending them any more.
  return unsent.map((one) => ({ ...one, state: "failed" }));
}

export function saveUnsent(personId: string, unsent: Unsent[]): void {
  sessionStorage.setItem(keyOf(personId), JSON.stringify(unsent));
}

/** In the form of a message; without an id, for the server has given it none. */
export function asMessage(
  person: DeskPerson,
  { clientId, conversationId, text, sentAt, state }: Unsent,
  position: number,
): DeskMessage {
  return {
    ...{ id: "", conversationId, position, change: 0, clientId, text, sentAt },
    author: { id: person.id, name: person.name, kind: "person" },
    ...{ editedAt: null, deleted: false, textFormat: "plain", attachments: [], entities: [] },
    delivery: state === "sending" ? "pending" : "failed",
  };
}

const draftKey = (personId: string, conversationId: string): string => `desk-draft ${personId} ${conversationId}`;

/** What stands in the message box and was not sent; null: nobody has written here yet */
export function loadDraft(personId: string, conversationId: string): string | null {
  return sessionStorage.getItem(draftKey(personId, conversationId));
}

export function saveDraft(personId: string, conversationId: string, text: string): void {
  sessionStorage.setItem(draftKey(personId, conversationId), text);
}

function keyOf(personId: string): string {
  return `desk-unsent ${personId}`;
}
