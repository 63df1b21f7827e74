import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { SignalboxError } from "../errors.ts";
import type { Finding } from "../registry/finding.ts";
import { aboutStructure } from "../run/check-plan.ts";
import { DiscussStep, HandOverStep, MAX_STEPS, ReadStep, WriteStep } from "../run/plan.ts";

/**
 * The small language in which plans are declared (manifest/plans). A plan looks things up, computes in decimal
 * arithmetic, checks what must hold, and then either answers or proposes steps: a task graph that becomes a run.
 *
 * A string that starts with `$` is a reference (`$slots.invoice`, `$steps.invoice.open_amount`, `$computed.total`,
 * `$row.due_date`, `$result.credit_note_id`, `$requester.upn`, `$cluster.accounts`, `$today`). In a text, `{path}` or `{path|format}` stands for
 * the value of a reference; formats are money, date, count and percent.
 */
const Value = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const after = z.array(z.string()).optional();
const Reference = z.string().regex(/^\$[a-z]\w*(\.\w+)*$/i, "must be a reference such as $steps.invoice.open_amount");

const slotTypes = [
  "customer",
  "person",
  "department",
  "invoice",
  "ticket",
  "device",
  "policy",
  "cve",
  "money",
  "date",
  "until",
  /** a day that has been: "12 November" said in October is that of the last year */
  "past-date",
  "priority",
  "reason",
  "problem",
  "question",
  "number",
  "percent",
] as const;

const slot = {
  /** the question that is asked when it is missing */
  ask: z.string().min(1),
  /** used when the person did not say: a literal, or a reference such as "$requester.upn" */
  default: Value.optional(),
  optional: z.boolean().optional(),
};
/** Where the names of one kind of thing are read: a field of the rows that a look-up without arguments gives. */
const NameList = z.strictObject({ tool: z.string(), rows: z.string(), field: z.string() });
export type NameList = z.infer<typeof NameList>;

const Slot = z.discriminatedUnion("type", [
  z.strictObject({ type: z.enum(slotTypes), ...slot }),
  /** a number with letters in front, such as CTR-204 */
  z.strictObject({ type: z.literal("id"), prefix: z.string().regex(/^[A-Z]{2,5}$/), ...slot }),
  /** one of few values, each with the words that people use for it */
  z.strictObject({
    type: z.literal("choice"),
    choices: z.record(z.string(), z.array(z.string().min(1)).min(1)),
    ...slot,
  }),
  /** a name that a system knows */
  z.strictObject({ type: z.literal("name"), names: NameList, ...slot }),
]);
export type Slot = z.infer<typeof Slot>;

const Lookup = z.strictObject({
  id: z.string().regex(/^[a-z]\w*$/i),
  tool: z.string(),
  args: z.record(z.string(), Value),
  /** upn of the person whose data is read: policy looks at it */
  subject: Value.optional(),
  /** the rest is said, too, where the system does not answer */
  optional: z.boolean().optional(),
});

const Comparison = z.enum(["=", "!=", "<", "<=", ">", ">="]);
const Arithmetic = z.strictObject({
  op: z.enum(["add", "subtract", "multiply", "divide", "percent", "days-between", "add-days", "first-of"]),
  args: z.array(Value).min(1).max(3),
});

const Compute = z.union([
  Arithmetic.extend({ as: z.string() }),
  z.strictObject({ as: z.string(), op: z.enum(["sum", "count"]), of: Reference, field: z.string().optional() }),
  z.strictObject({
    as: z.string(),
    op: z.literal("where"),
    of: Reference,
    field: z.string(),
    is: Comparison,
    value: Value,
  }),
  z.strictObject({
    as: z.string(),
    op: z.literal("sort"),
    of: Reference,
    by: z.string(),
    order: z.enum(["asc", "desc"]),
  }),
  /** columns of the row with the same key in another list */
  z.strictObject({
    as: z.string(),
    op: z.literal("join"),
    of: Reference,
    with: Reference,
    on: z.string(),
    take: z.array(z.string()).min(1),
  }),
  /** one column, to be listed in a sentence */
  z.strictObject({ as: z.string(), op: z.literal("values"), of: Reference, field: z.string() }),
  z.strictObject({ as: z.string(), op: z.literal("group"), of: Reference, by: z.string(), sum: z.string().optional() }),
  z.strictObject({ as: z.string(), op: z.literal("each"), of: Reference, set: z.record(z.string(), Arithmetic) }),
]);
export type Compute = z.infer<typeof Compute>;
export type Arithmetic = z.infer<typeof Arithmetic>;

/** What must hold before the plan goes on; otherwise the person reads why not. */
const Check = z.strictObject({ left: Value, is: Comparison, right: Value, otherwise: z.string().min(1) });

const Fact = z.strictObject({ label: z.string(), value: z.string() });
/**
 * A value that the answer stands on, and what documents and mails say of the same: whoever differs is told, and the system of
 * record counts (R3.2).
 */
const Figure = z.strictObject({
  /** what it is, such as "Annual budget of {slots.department}" */
  about: z.string(),
  value: Value,
  format: z.enum(["money", "date"]).optional(),
  /** id of the look-up that it was read by */
  from: z.string(),
  /** rows of `docs.find_statements` */
  claims: Reference,
});
export type FigureTemplate = z.infer<typeof Figure>;
const Answer = z.strictObject({
  title: z.string(),
  text: z.string().optional(),
  facts: z.array(Fact).optional(),
  table: z
    .strictObject({
      rows: Reference,
      columns: z.array(z.strictObject({ title: z.string(), value: z.string(), align: z.enum(["right"]).optional() })),
      /** said instead of an empty table */
      empty: z.string(),
    })
    .optional(),
  /** passages of documents, quoted with their source */
  quotes: z
    .strictObject({ rows: Reference, title: z.string(), text: z.string(), empty: z.string(), limit: z.number().int() })
    .optional(),
  figures: z.array(Figure).optional(),
});

/** A step of the task graph, as it is declared: what is the same in every run of it. `after`: default the step before it. */
const TemplateStep = z.discriminatedUnion("kind", [
  ReadStep.omit({ after: true }).extend({ after }),
  WriteStep.omit({
    after: true,
    risk: true,
    approverRole: true,
    confirm: true,
    inputs: true,
    editable: true,
    sources: true,
    by: true,
    undoes: true,
  }).extend({
    after,
    /** of this step, where it is not that of the intent */
    risk: z.enum(["low", "medium", "high"]).optional(),
    editable: z.array(z.string()).optional(),
  }),
  HandOverStep.omit({ after: true, known: true }).extend({ after, known: z.record(z.string(), Value).optional() }),
  DiscussStep.omit({ after: true }).extend({ after }),
]);
export type TemplateStep = z.infer<typeof TemplateStep>;

export const PlanTemplate = z
  .strictObject({
    plan: z.string(),
    version: z.number().int().positive(),
    pattern: z.enum(["sequential", "concurrent", "handoff", "group-chat"]),
    onFailure: z.enum(["stop", "skip-dependents"]).optional(),
    slots: z.record(z.string(), Slot),
    lookups: z.array(Lookup),
    compute: z.array(Compute).optional(),
    checks: z.array(Check).optional(),
    answer: Answer.optional(),
    steps: z.array(TemplateStep).min(1).max(MAX_STEPS).optional(),
  })
  .refine((plan) => (plan.answer === undefined) !== (plan.steps === undefined), {
    message: "a plan has either an answer or steps",
  })
  .superRefine((plan, context) => {
    // What a graph may not be is said when it is loaded, not when somebody asks for it.
    const steps = graphOf(plan);
    for (const { step, wrong } of steps === undefined ? [] : aboutStructure({ steps }))
      context.addIssue({ code: "custom", path: ["steps", step], message: wrong });
  });
export type PlanTemplate = z.infer<typeof PlanTemplate>;

/** The steps with what each waits for: where nothing is said, the step before it, or nothing in a concurrent plan. */
export function graphOf<S extends { id: string; after?: string[] | undefined }>(plan: {
  pattern: string;
  steps?: readonly S[] | undefined;
}): (S & { after: string[] })[] | undefined {
  return plan.steps?.map((step, i) => {
    const before = plan.steps?.[i - 1];
    const usual = plan.pattern === "concurrent" || before === undefined ? [] : [before.id];
    return { ...step, after: step.after ?? usual };
  });
}

/** Every list of names that slots of these plans are recognised by, each once. */
export function nameListsOf(plans: Iterable<PlanTemplate>): NameList[] {
  const lists = new Map<string, NameList>();
  for (const { slots } of plans)
    for (const slot of Object.values(slots)) if (slot.type === "name") lists.set(keyOfNames(slot.names), slot.names);
  return [...lists.values()];
}

export const keyOfNames = ({ tool, rows, field }: NameList): string => `${tool} ${rows}.${field}`;

/** All plans under a folder, by name ("finance/overdue-invoices"). @throws SignalboxError "plan-invalid" */
export function loadPlans(folder: string): Map<string, PlanTemplate> {
  const { plans, findings } = readPlans(folder);
  const lines = findings.map(({ file, field, wrong, cure }) => `  ${file}: ${field}: ${wrong}. Cure: ${cure}.`);
  if (lines.length > 0) throw new SignalboxError("plan-invalid", `Plans have errors:\n${lines.join("\n")}`);
  return plans;
}

/** The same without an error: the plans that could be read, the names of the others, and what is wrong with those. */
export function readPlans(folder: string): {
  plans: Map<string, PlanTemplate>;
  unreadable: Set<string>;
  findings: Finding[];
} {
  const plans = new Map<string, PlanTemplate>();
  const unreadable = new Set<string>();
  const findings: Finding[] = [];
  for (const path of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
    if (!path.endsWith(".json")) continue;
    const name = path.replaceAll("\\", "/").replace(/\.json$/, "");
    const read = planIn(join(folder, path), name);
    if (!Array.isArray(read)) plans.set(name, read);
    else {
      unreadable.add(name);
      findings.push(...read);
    }
  }
  return { plans, unreadable, findings };
}

function planIn(file: string, name: string): PlanTemplate | Finding[] {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    return [{ file, field: "(whole file)", wrong: `is not valid JSON: ${cause.message}`, cure: "mend the syntax" }];
  }
  const parsed = PlanTemplate.safeParse(json);
  if (!parsed.success)
    return parsed.error.issues.map(({ path, message }) => ({
      ...{ file, field: path.join(".") || "(whole file)", wrong: message },
      cure: "src/agent/plan-template.ts says what a plan may hold",
    }));
  if (parsed.data.plan === name) return parsed.data;
  const cure = "make the field and the name of the file equal";
  return [{ file, field: "plan", wrong: `is "${parsed.data.plan}", but the file says "${name}"`, cure }];
}
