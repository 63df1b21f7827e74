/** What nobody sees: zero-width and bidi characters, soft hyphens, fillers, tags, and controls that are no blanks. */
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]|(?!\s)\p{Cc}/gu;

/** A text as it reads: lower case, letters without accents and in their plain form, nothing invisible. */
export function plain(text: string): string {
  return text.normalize("NFKD").replaceAll(/\p{M}/gu, "").replaceAll(INVISIBLE, "").toLowerCase();
}

/**
 * What utterances are compared by: two with the same key are the same words to people and to the router. Capitals, accents,
 * punctuation, surplus blanks and invisible characters make no difference; only a text without any word keeps its signs.
 */
export function sameWords(utterance: string): string {
  const text = plain(utterance);
  const words = text
    .replaceAll(/[’']/g, "")
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
  return words === "" ? text.trim() : words;
}
