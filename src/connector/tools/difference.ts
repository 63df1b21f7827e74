import type { Definition } from "./definition.ts";

/** One place at which two definitions differ: "inputSchema.properties.path.type"; an absent side was not there. */
export type Difference = { at: string; before?: string; after?: string };

/** What a person has to look at: every leaf that was added, removed or changed, as JSON. Pure. @param before undefined: a new tool */
export function differences(before: Definition | undefined, after: Definition): Difference[] {
  const old = leaves(before ?? {});
  const now = leaves(after);
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((at) => old.get(at) !== now.get(at))
    .map((at) => ({
      at,
      ...(old.has(at) && { before: old.get(at) ?? "" }),
      ...(now.has(at) && { after: now.get(at) ?? "" }),
    }));
}

function leaves(value: unknown, path = "", found = new Map<string, string>()): Map<string, string> {
  const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
  if (entries.length === 0) found.set(path, JSON.stringify(value));
  // A place must be one place: a key with a dot in it is shown as the key that it is.
  for (const [key, inner] of entries) {
    const name = /^[\w$/-]+$/.test(key) ? key : JSON.stringify(key);
    leaves(inner, path === "" ? name : `${path}.${name}`, found);
  }
  return found;
}
