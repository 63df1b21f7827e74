import type { DeskMessage } from "../wire.ts";
import { element } from "./element.ts";
import { escapeMarkdown, isWebAddress, markdownToHtml } from "./markdown.ts";

type Json = Record<string, unknown>;
type Mention = { text: string; name: string };
type Citation = { position: number; name: string; abstract: string; url: string | undefined };

/** The words of a message: Markdown only where it says so, and nobody's name is ever markup. */
export function messageText({ text, textFormat, entities }: DeskMessage): HTMLElement {
  const mentions = entities.flatMap(mentionOf);
  if (textFormat === "markdown") {
    const said = element("div", { class: "said said-markdown" });
    let marked = text;
    for (const mention of mentions) marked = marked.replaceAll(mention.text, `**@${escapeMarkdown(mention.name)}**`);
    said.innerHTML = markdownToHtml(marked);
    return said;
  }
  const said = element("div", { class: "said" });
  let rest: (string | HTMLElement)[] = [text];
  for (const { text: mark, name } of mentions)
    rest = rest.flatMap((part) =>
      typeof part !== "string"
        ? [part]
        : part.split(mark).flatMap((piece, i) => {
            const chip = element("span", { class: "mention" }, `@${name}`);
            return i === 0 ? [piece] : [chip, piece];
          }),
    );
  said.append(...rest);
  return said;
}

function mentionOf({ type, text, mentioned }: Json): Mention[] {
  const name = (mentioned as Json | undefined)?.name;
  return type === "mention" && typeof text === "string" && text !== "" && typeof name === "string"
    ? [{ text, name }]
    : [];
}

/** What a card says in words; these are escaped for Markdown. */
export function spokenOf({ attachments }: DeskMessage): string {
  const speak = (attachments[0]?.content as Json | null | undefined)?.speak;
  return typeof speak === "string" ? speak.replaceAll(/\\([\\`*_[\]()#~<>|+-])/g, "$1") : "";
}

export function isGenerated({ entities }: DeskMessage): boolean {
  return entities.some(
    ({ additionalType }) => Array.isArray(additionalType) && additionalType.includes("AIGeneratedContent"),
  );
}

export function citationsOf({ entities }: DeskMessage): Citation[] {
  return entities
    .flatMap(({ citation }) => (Array.isArray(citation) ? (citation as Json[]) : []))
    .map(({ position, appearance }) => {
      const { name, abstract, url } = (appearance ?? {}) as Json;
      return {
        position: Number(position) || 0,
        name: String(name ?? "Source"),
        abstract: String(abstract ?? ""),
        url: typeof url === "string" && isWebAddress(url) ? url : undefined,
      };
    });
}
