import type * as AdaptiveCardsLibrary from "adaptivecards";
import type MarkdownIt from "markdown-it";

type Libraries = { AdaptiveCards: typeof AdaptiveCardsLibrary; markdownit: typeof MarkdownIt };

/** The two libraries come as classic scripts, which leave one name each. */
export const { AdaptiveCards, markdownit } = globalThis as unknown as Libraries;
