/** What a run has spent, and what a next part of it would take at most. */
export type Calls = { toolCalls: number; turns: number };
export type Spent = Calls & { seconds: number; tokens: number; costCents: number };
/** The hard limits of one run (R4.3). */
export type Limits = {
  maxTurns: number;
  maxToolCalls: number;
  maxRuntimeSeconds: number;
  maxTokens: number;
  maxCostCents: number;
};

/** The first budget that would be crossed, in words; undefined where everything fits. */
export function crossedBy(spent: Spent, limits: Limits, wanted: Calls): string | undefined {
  if (spent.turns + wanted.turns > limits.maxTurns) return `${limits.maxTurns} turns`;
  if (spent.toolCalls + wanted.toolCalls > limits.maxToolCalls) return `${limits.maxToolCalls} tool calls`;
  if (spent.seconds >= limits.maxRuntimeSeconds) return `${limits.maxRuntimeSeconds} seconds of work`;
  if (spent.tokens > limits.maxTokens) return `${limits.maxTokens} tokens`;
  if (spent.costCents > limits.maxCostCents) return `${(limits.maxCostCents / 100).toFixed(2)} EUR`;
  return undefined;
}
