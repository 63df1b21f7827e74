import { hasHidden } from "./hidden.ts";

/** Alphabets whose letters look like Latin ones. */
const LOOK_ALIKE = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]/u;
const LATIN = /\p{Script=Latin}/u;

/**
 * Does a text pretend to be another one? It hides characters, or a word of it mixes alphabets that look alike ("Fаbrikam" with
 * a Cyrillic а). Whole words in another alphabet are just words. This flags; it decides nothing.
 */
export function disguised(text: string): "hidden characters" | "look-alike letters" | undefined {
  if (hasHidden(text)) return "hidden characters";
  const words = text.split(/[^\p{L}\p{M}]+/u);
  return words.some((word) => LATIN.test(word) && LOOK_ALIKE.test(word)) ? "look-alike letters" : undefined;
}
