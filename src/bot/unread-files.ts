import { renderNotice } from "../card/notice.ts";
import type { Activity } from "./activity.ts";
import { type BotPorts, type Incoming, replyKey } from "./incoming.ts";
import { post } from "./outbox.ts";

/** Teams sends the formatted text of a message along as text/html, and cards come back with clicks: neither is a file. */
const NO_FILE = /^(text\/html|application\/vnd\.microsoft\.(card\.|teams\.card\.)|messageReference)/i;
const MOST_NAMED = 5;

/** Names of the files and pictures that came with a message. */
function filesOf({ attachments }: Pick<Activity, "attachments">): string[] {
  return (attachments ?? [])
    .filter(({ contentType }) => !NO_FILE.test(contentType ?? ""))
    .map(({ name, contentType }) => name || (contentType?.startsWith("image/") ? "a picture" : "a file"));
}

/** Nobody may believe that an answer has seen what came with the question. Said once for each message. */
export async function tellOfUnreadFiles(ports: BotPorts, incoming: Incoming): Promise<void> {
  const files = filesOf(incoming.activity);
  if (files.length === 0) return;
  const { conversationId } = incoming.place;
  const more = files.length - MOST_NAMED;
  const names = `${files.slice(0, MOST_NAMED).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  const title = files.length === 1 ? "I have not read that file" : "I have not read those files";
  const hint = `I read text only: nothing in ${names} counts, and nobody gets it from me. Write what matters of it.`;
  const card = renderNotice("warning", title, hint);
  await post(ports.pool, ports.tenantId, { conversationId }, { card }, replyKey(incoming, "files"), incoming.personId);
  ports.wake();
}
