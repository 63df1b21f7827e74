/**
 * Characters that people do not see and models read all the same: controls, formats (zero width, bidi, soft hyphens, tags),
 * private use, lone surrogates, unassigned ones, variation selectors, and letters without a shape. Line breaks and tabs stay.
 */
const HIDDEN =
  /(?![\n\t])(?:\p{Cc}|\p{Cf}|\p{Co}|\p{Cs}|\p{Cn}|\p{Variation_Selector}|\p{Default_Ignorable_Code_Point}|\u2800)/gu;

/** A text without them. */
export function withoutHidden(text: string): string {
  return text.replaceAll("\r\n", "\n").replaceAll(HIDDEN, "");
}

export function hasHidden(text: string): boolean {
  return text.search(HIDDEN) >= 0;
}
