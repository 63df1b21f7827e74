import type { Tool } from "@modelcontextprotocol/sdk/types.js";
import type { Classification } from "../identity/classification.ts";
import type { SystemTrust } from "../trust/read.ts";
import { meta } from "./meta.ts";
import type { OperationKind, ToolRegister } from "./tool-register.ts";

/** What agents and policy know of a tool. Names carry the system: "erp.get_invoice". */
export type ToolInfo = {
  name: string;
  system: string;
  description: string;
  access: "read" | "write";
  /** of a write; undefined where the system does not say, and policy then refuses it */
  reversal?: "compensable" | "event-sourced" | "non-reversible";
  /** does it honour an idempotency key, so that a repeat is no second effect? Reading always does */
  isIdempotent: boolean;
  /** can it be asked what it would do, without doing it? */
  canRehearse: boolean;
  /** name of the tool that takes it back */
  compensation?: string;
  /** JSON Schema of the arguments, without the idempotency key, which the client adds */
  inputSchema: object;
  /** of the data that it reads or changes, by our own register */
  classification: Classification;
  /** the least risk of any step that calls it */
  risk: "low" | "medium" | "high";
  /** arguments that only code or declared arithmetic may have computed */
  computed: Readonly<Record<string, OperationKind>>;
  /** what the inventory says of its system's data; undefined: nothing of it is relied on */
  trust?: SystemTrust | undefined;
};

/** What its system says of it. */
export type OfferedTool = Omit<ToolInfo, "classification" | "risk" | "computed" | "trust">;

/** A tool that nobody has registered has the class of its system, and a write of it the highest risk. */
export function registered(
  tool: OfferedTool,
  register: ToolRegister,
  { dataClassification, trust }: { dataClassification: Classification; trust?: SystemTrust | undefined },
): ToolInfo {
  const known = register[tool.name];
  const risk = known?.access === "write" ? known.risk : known?.access === tool.access ? "low" : "high";
  return { ...tool, classification: known?.data ?? dataClassification, risk, computed: known?.computed ?? {}, trust };
}

const reversals = ["compensable", "event-sourced", "non-reversible"] as const;

/** A tool counts as reading only if it says so in both places; whatever is unclear writes. */
export function toolInfo(system: string, tool: Tool): OfferedTool {
  const name = `${system}.${tool.name}`;
  const description = tool.description ?? "";
  const reads = tool._meta?.[meta.access] === "read" && tool.annotations?.readOnlyHint === true;
  if (reads)
    return {
      ...{ name, system, description, access: "read", isIdempotent: true, canRehearse: false },
      inputSchema: tool.inputSchema,
    };
  const reversal = reversals.find((one) => one === tool._meta?.[meta.reversal]);
  const compensation = tool._meta?.[meta.compensation];
  return {
    name,
    system,
    description,
    access: "write",
    isIdempotent: tool.annotations?.idempotentHint === true,
    canRehearse: tool._meta?.[meta.rehearsal] === true,
    ...(reversal && { reversal }),
    ...(typeof compensation === "string" && { compensation: `${system}.${compensation}` }),
    inputSchema: withoutKey(tool.inputSchema),
  };
}

function withoutKey(schema: Tool["inputSchema"]): object {
  const { idempotency_key: _, ...properties } = schema.properties ?? {};
  return { ...schema, properties, required: (schema.required ?? []).filter((name) => name !== "idempotency_key") };
}
