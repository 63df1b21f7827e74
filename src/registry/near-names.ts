/** Names that share less than this of their letters in pairs are not what was meant. */
const NEAR = 0.35;
const MOST = 3;

/**
 * Names that somebody may have meant, nearest first, three at most: by the pairs of letters that both hold (Dice 1945), which
 * forgives typing errors and another order of words.
 */
export function nearNames(wanted: string, names: readonly string[]): string[] {
  return names
    .map((name) => ({ name, near: dice(pairsOf(wanted), pairsOf(name)) }))
    .filter(({ near }) => near >= NEAR)
    .sort((a, b) => b.near - a.near || (a.name < b.name ? -1 : 1))
    .slice(0, MOST)
    .map(({ name }) => name);
}

function dice(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const shared = [...a].filter((pair) => b.has(pair)).length;
  return (2 * shared) / Math.max(1, a.size + b.size);
}

function pairsOf(name: string): Set<string> {
  const words = name.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return new Set(words.flatMap((word) => Array.from(` ${word}`, (letter, i) => letter + (`${word} `[i] ?? ""))));
}
