import { readFileSync } from "node:fs";
import { z } from "zod";
import { SignalboxError } from "../errors.ts";
import { classifications } from "../identity/classification.ts";

/**
 * Kinds of operations that only code or declared arithmetic may carry out (R11.3): what they give is never a model's word.
 */
export const operationKinds = [
  "totals",
  "allocation",
  "tax",
  "fees",
  "interest",
  "eligibility",
  "schema-transformation",
] as const;
export type OperationKind = (typeof operationKinds)[number];

const Common = {
  /** the class of the data that it reads or changes */
  data: z.enum(classifications),
  /** arguments that are the result of such an operation */
  computed: z.record(z.string(), z.enum(operationKinds)).optional(),
};
const Registered = z.discriminatedUnion("access", [
  z.strictObject({ access: z.literal("read"), ...Common }),
  z.strictObject({
    access: z.literal("write"),
    ...Common,
    /** how far the damage of one wrong call reaches: the least risk of any step that calls it, whatever its plan says */
    risk: z.enum(["low", "medium", "high"]),
    reversal: z.enum(["compensable", "event-sourced", "non-reversible"]),
    /** the tool that takes it back */
    compensation: z.string().optional(),
  }),
]);
export type RegisteredTool = z.infer<typeof Registered>;

/** What we hold of each tool, by name: its system is asked for none of this (a description is no source of policy). */
export type ToolRegister = Readonly<Record<string, RegisteredTool>>;

/** @throws SignalboxError "tools-invalid" naming the tool, the field and the cure */
export function loadToolRegister(file: string): ToolRegister {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    const why = cause instanceof SyntaxError ? "is not valid JSON" : "cannot be read";
    throw new SignalboxError("tools-invalid", `The register of tools ${file} ${why}: mend it.`, { cause });
  }
  const parsed = z.record(z.string().regex(/^[a-z][a-z0-9-]*\.\w+$/), Registered).safeParse(json);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.slice(0, 10).map(({ path, message }) => `  ${path.join(".")}: ${message}`);
  throw new SignalboxError("tools-invalid", `The register of tools ${file} has errors:\n${lines.join("\n")}`);
}
