import { z } from "zod";
import { Origin } from "../trust/label.ts";
import { ScopeOrigins } from "../trust/scope-origins.ts";

/**
 * The plan of a run: a typed task graph. Steps name the steps that must be done before them; their inputs are literals and
 * references to slots, look-ups and the outputs of earlier steps (`$steps.credit.credit_note_id`). Whoever made it, it is
 * data until `findingsIn` has found nothing, policy has judged its steps and people have passed them (R4.1).
 */
const Value = z.union([z.string(), z.number().finite(), z.boolean(), z.null()]);
const Args = z.record(z.string(), Value);
const Id = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, "must be a short name in lower case, such as credit_note");
const Risk = z.enum(["low", "medium", "high"]);

/** How often a step is tried when its system cannot be reached, with waits that grow by `backoffRate`. */
const Retry = z.strictObject({
  attempts: z.int().min(1).max(10),
  intervalSeconds: z.number().min(0.05).max(60),
  backoffRate: z.number().min(1).max(4),
});
/** About two minutes in all. */
export const DEFAULT_RETRY: z.infer<typeof Retry> = { attempts: 8, intervalSeconds: 1, backoffRate: 1.8 };

const Text = z.string().max(2_000);
/** What people are shown of a write; places such as `{steps.i.open_amount|money}` are filled when the step is ready. */
const Texts = z.strictObject({
  summary: Text,
  target: Text,
  changes: z.array(z.strictObject({ label: Text, from: Text, to: Text })).max(20),
  impact: Text,
  undo: Text,
  otherwise: Text,
  done: Text,
});

/** How a write is taken back (R4.6): there is no fourth way, and a write without one is no step. */
const Reversal = z.discriminatedUnion("reversal", [
  z.strictObject({ reversal: z.literal("compensable"), tool: z.string(), args: Args }),
  /** the call that makes the record of events pass over this one; none where setting the state again is all there is */
  z.strictObject({ reversal: z.literal("event-sourced"), tool: z.string().optional(), args: Args.optional() }),
  z.strictObject({ reversal: z.literal("non-reversible") }),
]);

const Common = { id: Id, after: z.array(Id).max(100), retry: Retry.optional() };
/** The agent that a step works for, where it is not the run's own: who was handed over to, or who takes part. */
const Consulted = z.strictObject({ agentId: z.uuid(), intent: z.string() });

/** where arguments come from that were settled before, by argument */
const Settled = z.record(z.string(), z.array(Origin));

export const ReadStep = z.strictObject({
  ...Common,
  kind: z.literal("read"),
  tool: z.string(),
  args: Args,
  origins: Settled.optional(),
});
export const WriteStep = z.strictObject({
  ...Common,
  kind: z.literal("write"),
  tool: z.string(),
  args: Args,
  risk: Risk,
  /** the requester confirms even what policy would let run (R6.1) */
  confirm: z.boolean(),
  /** decimal, EUR: a literal or a reference; policy looks at it */
  amount: Value.optional(),
  undo: Reversal,
  texts: Texts,
  inputs: z.array(z.strictObject({ label: Text, value: Text })).max(30),
  /** the role that the agent's record names for this: whoever approves it holds it, besides what policy asks */
  approverRole: z.string().optional(),
  /** slots that an approver may change before they approve */
  editable: z.array(z.string()).max(10),
  sources: z.array(z.strictObject({ system: z.string(), tool: z.string(), at: z.string() })).max(50),
  /** who acts, where the step was handed over: the agent that is named here, under its own rights */
  by: z.strictObject({ agentId: z.uuid(), agentVersion: z.string(), clusterId: z.string() }).optional(),
  /** the effect that it takes back; `replay`: its wish is then carried out anew by the version that serves */
  undoes: z.strictObject({ actionId: z.uuid(), replay: z.boolean() }).optional(),
  origins: Settled.optional(),
  /** what a model had before it when it chose this step; absent: the plan itself has it */
  chosenBy: z.array(Origin).optional(),
});
/** The rest is planned and done by another agent, under its own rights. */
export const HandOverStep = z.strictObject({
  ...Common,
  kind: z.literal("hand-over"),
  to: Consulted,
  text: Text,
  known: z.record(z.string(), z.unknown()),
  /** where the text and what is known come from */
  origins: z.array(Origin).optional(),
});
/** Agents speak in turns and change nothing; it ends when nobody says anything new, or after `rounds`. */
export const DiscussStep = z.strictObject({
  ...Common,
  kind: z.literal("discuss"),
  question: Text,
  participants: z.array(Consulted).min(2).max(5),
  rounds: z.int().min(1).max(5),
});

export const PlanStep = z.discriminatedUnion("kind", [ReadStep, WriteStep, HandOverStep, DiscussStep]);
export type PlanStep = z.infer<typeof PlanStep>;
export type ReadStep = z.infer<typeof ReadStep>;
export type WriteStep = z.infer<typeof WriteStep>;

/** Hard limits of one run (R4.3). Time counts while the run works, not while it waits for people. */
export const Budgets = z.strictObject({
  maxTurns: z.int().min(1),
  maxToolCalls: z.int().min(1),
  maxRuntimeSeconds: z.number().min(1),
  maxTokens: z.int().min(0),
  maxCostCents: z.int().min(0),
  /** what happens when one is crossed: people are asked, what is there is handed in, or the run stops */
  onCrossing: z.enum(["ask", "finish", "stop"]),
});
export type Budgets = z.infer<typeof Budgets>;

export const MAX_STEPS = 100;

export const Plan = z.strictObject({
  plan: z.string(),
  version: z.int().positive(),
  /** whose work it is: that of people who declared it, or of a model; absent: declared */
  madeBy: z.enum(["template", "model"]).optional(),
  pattern: z.enum(["sequential", "concurrent", "handoff", "group-chat"]),
  /** a failed or rejected step ends the run, or only what depends on it; or the rest goes on in its order all the same */
  onFailure: z.enum(["stop", "skip-dependents", "go-on"]).default("stop"),
  /** people are asked for each step when its inputs are known, or once for all steps before the first (a rollback) */
  approval: z.enum(["each", "whole"]).default("each"),
  scope: z.strictObject({
    slots: z.record(z.string(), z.unknown()),
    steps: z.record(z.string(), z.unknown()),
    computed: z.record(z.string(), z.unknown()),
    requester: z.strictObject({ upn: z.string(), name: z.string() }),
    today: z.string(),
    model: z.record(z.string(), z.unknown()).optional(),
    /** absent in plans that were made before there were labels: what they have read counts as untrusted */
    origins: ScopeOrigins.optional(),
  }),
  budgets: Budgets,
  steps: z.array(PlanStep).min(1).max(MAX_STEPS),
});
export type Plan = z.infer<typeof Plan>;

/** Every place at which a step refers to the output of another: `$steps.id…` and `{steps.id…}`. */
export function outputsUsedBy(step: PlanStep): string[] {
  const found = JSON.stringify(step).matchAll(/[${]steps\.([a-z]\w*)/gi);
  return [...new Set([...found].map(([, id]) => id ?? ""))];
}

type Graph = { steps: readonly { id: string; after: readonly string[] }[] };

/** All steps that must be done before this one, near and far. */
export function ancestorsOf(plan: Graph, id: string): Set<string> {
  const byId = new Map(plan.steps.map((step) => [step.id, step]));
  const seen = new Set<string>();
  const open = [...(byId.get(id)?.after ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...(byId.get(next)?.after ?? []));
  }
  return seen;
}

/** This step and all that depend on it. */
export function descendantsOf(plan: Graph, id: string): Set<string> {
  return new Set([id, ...plan.steps.filter((step) => ancestorsOf(plan, step.id).has(id)).map((step) => step.id)]);
}
