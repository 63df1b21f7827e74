import { markdownit } from "./libraries.ts";

const renderer = markdownit({ html: false, linkify: false, breaks: true }).disable("image");
renderer.validateLink = isWebAddress;
renderer.renderer.rules.link_open = (tokens, index, options, _env, self) => {
  tokens[index]?.attrSet("target", "_blank");
  tokens[index]?.attrSet("rel", "noopener noreferrer");
  return self.renderToken(tokens, index, options);
};

/** @returns HTML without anything that the text brought along as HTML */
export function markdownToHtml(text: string): string {
  return renderer.render(text);
}

/** The only addresses that anything on this page opens. */
export function isWebAddress(address: string): boolean {
  return /^https?:\/\//i.test(address.trim()) && URL.canParse(address.trim());
}

/** Puts marks of Markdown out of action. */
export function escapeMarkdown(text: string): string {
  return text.replaceAll(/[\\`*_[\]()#~<>|!]/g, "\\$&");
}
