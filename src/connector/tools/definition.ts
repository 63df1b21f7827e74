import { createHash } from "node:crypto";
import type { Tool } from "@modelcontextprotocol/sdk/types.js";
import canonicalize from "canonicalize";
import { z } from "zod";
import { meta } from "../meta.ts";

const Json = z.record(z.string(), z.unknown());

/** What a person reviews of a tool: all that tells agents, policy or this client what it does and how it is called. */
export const Definition = z.strictObject({
  name: z.string().min(1),
  title: z.string().optional(),
  description: z.string().optional(),
  inputSchema: Json,
  outputSchema: Json.optional(),
  annotations: Json.optional(),
  /** what the system says in `_meta` under our names; nothing else in there is read, and so nothing else is reviewed */
  meta: Json.optional(),
});
export type Definition = z.infer<typeof Definition>;

const ours = new Set<string>(Object.values(meta));

/** The part of a listed tool that is reviewed. A tool without descriptions, annotations or meta has a definition without them. */
export function definitionOf(tool: Tool): Definition {
  const { name, title, description, inputSchema, outputSchema, annotations } = tool;
  const told = Object.entries(tool._meta ?? {}).filter(([key]) => ours.has(key));
  return {
    name,
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    inputSchema,
    ...(outputSchema && { outputSchema }),
    ...(annotations && Object.keys(annotations).length > 0 && { annotations }),
    ...(told.length > 0 && { meta: Object.fromEntries(told) }),
  };
}

/** The definition as one text, in the canonical form of RFC 8785: the order in which a system says things is no difference. */
export function canonical(definition: Definition): string {
  return canonicalize(definition) ?? "";
}

/** SHA-256 over the canonical text, as hex. */
export function fingerprintOf(definition: Definition): string {
  return createHash("sha256").update(canonical(definition)).digest("hex");
}
