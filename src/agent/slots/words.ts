import type { Finding, Utterance } from "./utterance.ts";

const MAX_TEXT = 500;

/** After "because", "reason:" …; else the words after the last comma, colon or dash, when none of them was recognised as something else. */
export function reason(utterance: Utterance): string | undefined {
  const { text, taken } = utterance;
  const marked = /(?:\bbecause(?: of)?\b|\breason(?: is|:)?|\bdue to\b|\bsince\b|\bas they\b)\s*(.+)$/i.exec(text);
  if (marked?.[1] !== undefined) return marked[1];
  // After the last thing that was recognised, whatever follows a comma, a colon or a dash; else what a colon announces.
  const from = Math.max(0, ...taken.map(({ end }) => end));
  return /(?:,|:(?=\s)| - | – )\s*(.+)$/s.exec(text.slice(from))?.[1] ?? /:\s+(.+)$/s.exec(text)?.[1];
}

/** What is wrong, without the words that only ask for a ticket. */
export function problem(text: string): string | undefined {
  const order =
    /^(?:please\s+|can you\s+|could you\s+|i (?:want|need|would like) (?:you )?to\s+)*(?:open|create|raise|file|log|submit|make|i need)\s+(?:me\s+)?(?:a|an|new|the|it|\s)*(?:ticket|incident|request|case)\b[\s:,–-]*(?:for|about|because(?: of)?|that|saying|with)?\s*/i;
  const rest = text.replace(order, "");
  return rest.split(/\s+/).filter((word) => word.length > 1).length >= 2 ? rest : undefined;
}

export function freeText(text: string | undefined): Finding {
  const value = text?.trim().replace(/[.!\s]+$/, "");
  return value === undefined || value === "" || value.length > MAX_TEXT ? undefined : { value, start: 0, end: 0 };
}
