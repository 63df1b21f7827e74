import type { Classification } from "../identity/classification.ts";
import type { SystemTrust } from "../trust/read.ts";
import type { InventoryEntry } from "./inventory.ts";
import { meta } from "./meta.ts";
import type { OperationKind, ToolRegister } from "./tool-register.ts";
import type { Definition } from "./tools/definition.ts";

/** What agents and policy know of a tool. Names carry the system: "erp.get_invoice". */
export type ToolInfo = {
  name: string;
  system: string;
  description: string;
  access: "read" | "write";
  /** of a write; non-reversible where the system does not say */
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
  /** its system is the company's own; where this is not said, what is asked of it leaves the company */
  inside?: boolean | undefined;
};

/** What its system says of it. */
export type ToldTool = Omit<ToolInfo, "classification" | "risk" | "computed" | "trust" | "inside">;

/** A tool that nobody has registered has the class of its system, and a write of it the highest risk. */
export function registered(
  tool: ToldTool,
  register: ToolRegister,
  entry: Pick<InventoryEntry, "dataClassification" | "trust" | "inside">,
): ToolInfo {
  const known = register[tool.name];
  const risk = known?.access === "write" ? known.risk : known?.access === tool.access ? "low" : "high";
  const { dataClassification, trust, inside } = entry;
  const classification = known?.data ?? dataClassification;
  return { ...tool, classification, risk, computed: known?.computed ?? {}, trust, inside };
}

const reversals = ["compensable", "event-sourced", "non-reversible"] as const;

/**
 * A tool counts as reading only if it says so, and either says it our way or its owner found it so (`reads` of the inventory).
 * Whatever is unclear writes and cannot be undone: then it takes the approval of people, whatever it calls itself.
 * @param definition as a person reviewed it
 */
export function toolInfo(system: string, definition: Definition, reads: readonly string[] = []): ToldTool {
  const { meta: told = {}, annotations = {}, inputSchema } = definition;
  const name = `${system}.${definition.name}`;
  const description = definition.description ?? "";
  const isFoundToRead = told[meta.access] === "read" || reads.includes(definition.name);
  if (isFoundToRead && annotations.readOnlyHint === true)
    return { ...{ name, system, description, access: "read", isIdempotent: true, canRehearse: false }, inputSchema };
  // Without annotations it counts as destructive, whatever else it says.
  const isAnnotated = typeof annotations.readOnlyHint === "boolean";
  const reversal = isAnnotated ? reversals.find((one) => one === told[meta.reversal]) : undefined;
  const compensation = told[meta.compensation];
  return {
    name,
    system,
    description,
    access: "write",
    isIdempotent: annotations.idempotentHint === true && takesKey(inputSchema),
    canRehearse: told[meta.rehearsal] === true,
    reversal: reversal ?? "non-reversible",
    ...(typeof compensation === "string" && { compensation: `${system}.${compensation}` }),
    inputSchema: withoutKey(inputSchema),
  };
}

const propertiesOf = ({ properties }: Definition["inputSchema"]): Record<string, unknown> =>
  typeof properties === "object" && properties !== null ? { ...properties } : {};

/** A system may call a tool idempotent without knowing our keys: then a repeat is not told apart from a second wish. */
const takesKey = (schema: Definition["inputSchema"]): boolean => "idempotency_key" in propertiesOf(schema);

function withoutKey(schema: Definition["inputSchema"]): object {
  const { idempotency_key: _, ...properties } = propertiesOf(schema);
  const required = Array.isArray(schema.required) ? schema.required : [];
  return { ...schema, properties, required: required.filter((name) => name !== "idempotency_key") };
}
