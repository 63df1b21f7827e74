import type { Tool } from "@modelcontextprotocol/sdk/types.js";
import type { SystemTrust } from "../trust/read.ts";
import { meta } from "./meta.ts";

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
  /** what the inventory says of its system's data; undefined: nothing of it is relied on */
  trust?: SystemTrust | undefined;
};

const reversals = ["compensable", "event-sourced", "non-reversible"] as const;

/** A tool counts as reading only if it says so in both places; whatever is unclear writes. */
export function toolInfo(system: string, tool: Tool): ToolInfo {
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
