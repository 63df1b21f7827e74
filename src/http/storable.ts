/** NUL, and halves of surrogate pairs: what JSON can carry and no text column of PostgreSQL can keep. */
const UNSTORABLE = /\0|\p{Surrogate}/gu;
/** What clients send is a few levels deep. */
const MAX_DEPTH = 100;

/**
 * The same body, with the replacement character for what could not be stored: a message is worth more than half a character.
 * @throws RangeError where it is nested deeper than anybody means it
 */
export function storable(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return value.replaceAll(UNSTORABLE, "\ufffd");
  if (typeof value !== "object" || value === null) return value;
  if (depth === MAX_DEPTH) throw new RangeError(`The body is nested more than ${MAX_DEPTH} levels deep.`);
  if (Array.isArray(value)) return value.map((inner) => storable(inner, depth + 1));
  const entries = Object.entries(value);
  return Object.fromEntries(
    entries.map(([key, inner]) => [key.replaceAll(UNSTORABLE, "\ufffd"), storable(inner, depth + 1)]),
  );
}
