/** As in our own recogniser: what is wanted is said at the beginning, and the work stays bounded. */
const MOST_CHARACTERS = 1_000;

/** A text as it is sent to a service; empty where there is nothing to ask. */
export function wordingOf(text: string): string {
  return text.slice(0, MOST_CHARACTERS).toWellFormed().trim();
}
