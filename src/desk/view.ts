import { z } from "zod";
import type { Person } from "../identity/directory.ts";
import { BOT, type DeskPorts, personById } from "./ports.ts";
import type { SeenMessage } from "./reading-store.ts";
import type { DeskMessage, DeskPerson } from "./wire.ts";

/** What the page shows of an activity; the rest of it is the channel's business. */
const Shown = z.object({
  text: z.string().default(""),
  textFormat: z.enum(["plain", "markdown"]).catch("markdown"),
  attachments: z.array(z.looseObject({ contentType: z.string() })).default([]),
  entities: z.array(z.record(z.string(), z.unknown())).default([]),
});
const CARD = "application/vnd.microsoft.card.adaptive";

export function messageForPage(ports: Pick<DeskPorts, "people">, seen: SeenMessage): DeskMessage {
  const { text, textFormat, attachments, entities } = Shown.parse(seen.activity);
  const shown = attachments.map(({ contentType, content }) =>
    contentType === CARD && seen.ownCard !== null ? { contentType, content: seen.ownCard } : { contentType, content },
  );
  return {
    id: seen.messageId,
    conversationId: seen.conversationId,
    position: seen.position,
    change: seen.change,
    author: authorOf(ports, seen.authorId),
    sentAt: seen.sentAt.toISOString(),
    editedAt: seen.editedAt?.toISOString() ?? null,
    deleted: seen.deleted,
    delivery: seen.delivery,
    clientId: seen.clientId,
    text,
    textFormat,
    attachments: shown,
    entities,
  };
}

function authorOf(ports: Pick<DeskPorts, "people">, id: string): DeskMessage["author"] {
  if (id === BOT.id) return { ...BOT, kind: "bot" };
  return { id, name: personById(ports, id)?.name ?? "Somebody who left", kind: "person" };
}

export function personForPage({ aadObjectId, upn, name, title, department, roles }: Person): DeskPerson {
  return { id: aadObjectId, handle: upn.split("@")[0] ?? upn, name, title, department, roles };
}
