import type { Answer } from "./reply.ts";

/** What an agent found, as words for others: in a discussion, and on the card that tells of it. */
export function inWords({ title, text, facts, table, empty, quotes }: Answer): string {
  const rows = table?.rows.slice(0, 5).map((row) => row.join(" · ")) ?? [];
  const said = [text ?? [], facts.map(({ label, value }) => `${label}: ${value}`), rows, empty ?? []].flat();
  return [`${title}.`, ...said, ...quotes.map((quote) => `${quote.title}: ${quote.text}`)].join("\n").slice(0, 1_500);
}
