import { isUntrusted, merged, type Origin } from "../../trust/label.ts";
import { explained, type Marker, zoned } from "../../trust/zone.ts";
import type { Message } from "./chat.ts";

/** What a model has before it: our words and the person's, and what was read, each with where it comes from. */
export type Conversation = {
  instructions: string;
  parts: ({ kind: "said" | "done"; text: string } | { kind: "retrieved"; title: string; text: string })[];
  /** of all of it: whatever the model wishes derives from all that it has seen */
  origins: Origin[];
};

/** @param from where the words come from that open it */
export function opened(instructions: string, text: string, from: readonly Origin[]): Conversation {
  const words = isUntrusted(from)
    ? ({ kind: "retrieved", title: "the request, as it was handed over", text } as const)
    : ({ kind: "said", text } as const);
  return { instructions, parts: [words], origins: [...from] };
}

export function withRetrieved(
  { instructions, parts, origins }: Conversation,
  title: string,
  text: string,
  from: readonly Origin[],
): Conversation {
  return { instructions, parts: [...parts, { kind: "retrieved", title, text }], origins: merged(origins, from) };
}

/** What it was told that it has asked for, in our words: its own say nothing that it does not know. */
export function withDone(conversation: Conversation, text: string): Conversation {
  return { ...conversation, parts: [...conversation.parts, { kind: "done", text }] };
}

/** As it is sent, with the zones of this one call. Everything retrieved is in a zone, whatever it is trusted for. */
export function messagesOf({ instructions, parts }: Conversation, marker: Marker): Message[] {
  return [
    { role: "system", content: `${instructions}\n\n${explained(marker)}` },
    ...parts.map((part): Message => {
      if (part.kind === "retrieved") return { role: "user", content: zoned(marker, part.title, part.text) };
      return { role: part.kind === "said" ? "user" : "assistant", content: part.text };
    }),
  ];
}
