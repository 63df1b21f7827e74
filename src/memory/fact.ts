import { isInstructionLike } from "./hygiene/instruction-like.ts";

export const kinds = ["preference", "search", "case"] as const;
export type Kind = (typeof kinds)[number];

/** Who said it: the person themselves, a system of record that was read for them, or a document or mail. */
export type Source = "own-words" | "system" | "document";
export type Trust = "high" | "low";

/** What somebody had kept for the agents of one cluster. */
export type Fact = {
  factId: string;
  personId: string;
  clusterId: string;
  kind: Kind;
  /** what people call it: "my customer" */
  name: string;
  /** what it stands for: "Fabrikam", "INV-1042"; of a search its words */
  value: string;
  source: Source;
  /** 0 to 1 */
  trust: number;
  keptAt: Date;
  version: number;
} & (
  | {
      /** it waits for the person to say that it is right, or serves */ state: "proposed" | "kept";
      why: null;
      clearedBy: string | null;
    }
  | { state: "quarantined"; why: string; clearedBy: null }
);

/** What agents are handed of it. Low trust stays low, whoever agreed to keep it (R11.4): what depends on it is asked about. */
export type Remembered = { kind: Kind; name: string; value: string; trust: Trust; keptAt: Date };

const TRUSTED_FROM = 0.5;
const scores: Record<Source, number> = { "own-words": 0.9, system: 0.4, document: 0.2 };

/** How far something may be believed when it is to be kept (R10.4), 0 to 1: by its source, and not at all where it gives orders. */
export function trustScore(source: Source, name: string, value: string): number {
  return isInstructionLike(name) || isInstructionLike(value) ? 0 : scores[source];
}

export function trustOf(score: number): Trust {
  return score >= TRUSTED_FROM ? "high" : "low";
}

export const MAX_NAME = 60;
export const MAX_VALUE = 300;
/** Of one person in one cluster. */
export const MAX_FACTS = 50;
