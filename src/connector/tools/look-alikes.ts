/** A tool as it is told apart from others. `fingerprint`: two systems may offer the very same tool, such as one to ask after an effect. */
export type Named = { system: string; tool: string; fingerprint: string };

/** What the protocol recommends, and what nobody can mistake: no other alphabets, nothing invisible, no blanks (MCP 2025-11-25). */
const SAFE_NAME = /^[A-Za-z0-9_.-]{1,128}$/;

/**
 * A name as it looks at a glance: capitals and separators make no difference, nor do signs that are drawn alike. Of the list of
 * confusables of UTS 39 only those within ASCII are left, since other names are refused.
 */
function skeleton(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, "")
    .replaceAll(/[i1]/g, "l")
    .replaceAll("0", "o")
    .replaceAll("rn", "m")
    .replaceAll("vv", "w");
}

/**
 * What is wrong with the names of tools that are to be registered beside those that are; each sentence names both. Pure.
 * @param known tools that were reviewed, of all systems
 */
export function nameFaults(added: readonly Named[], known: readonly Named[]): string[] {
  const faults: string[] = [];
  const seen = new Map<string, Named[]>();
  for (const one of known) seen.set(skeleton(one.tool), [...(seen.get(skeleton(one.tool)) ?? []), one]);
  for (const one of added) {
    if (!SAFE_NAME.test(one.tool)) {
      faults.push(`${JSON.stringify(one.tool)} of ${one.system} may hold only letters, digits, "_", "-" and "."`);
      continue;
    }
    const key = skeleton(one.tool);
    const other = seen.get(key)?.find((before) => !isSame(before, one));
    if (other !== undefined)
      faults.push(
        `${one.system}.${one.tool} can be taken for ${other.system}.${other.tool}: one of them needs another name`,
      );
    seen.set(key, [...(seen.get(key) ?? []), one]);
  }
  return faults;
}

/** Another version of the same tool, or the very same tool at another system. */
function isSame(a: Named, b: Named): boolean {
  return a.tool === b.tool && (a.system === b.system || a.fingerprint === b.fingerprint);
}
