import type { ListToolsResult } from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";
import { meta } from "../meta.ts";
import type { Tool } from "./tool.ts";

const listings = new WeakMap<readonly Tool[], ListToolsResult>();

/**
 * What a system answers when it is asked for its tools. Clients ask before every call, and the answer never changes in the
 * life of a process: the schemas are translated once, where the library would do it each time.
 */
export function listingOf(tools: readonly Tool[]): ListToolsResult {
  const listing = listings.get(tools) ?? { tools: tools.map(listed) };
  listings.set(tools, listing);
  return listing;
}

function listed(tool: Tool): ListToolsResult["tools"][number] {
  const { name, description } = tool;
  return {
    ...{ name, description, annotations: annotate(tool), _meta: describe(tool) },
    inputSchema: jsonSchema(tool.input, "input"),
    outputSchema: jsonSchema(tool.output, "output"),
  };
}

const jsonSchema = (schema: z.ZodObject, io: "input" | "output") =>
  ({ ...z.toJSONSchema(schema, { target: "draft-7", io }), type: "object" }) as { type: "object" };

/** Writes never erase anything; whether one is dangerous is for policy to say. */
function annotate(tool: Tool) {
  const write = tool.access === "write";
  const idempotentHint = tool.access === "read" || tool.isIdempotent;
  return { readOnlyHint: !write, destructiveHint: write, idempotentHint, openWorldHint: false };
}

function describe(tool: Tool): Record<string, unknown> {
  if (tool.access === "read") return { [meta.access]: "read" };
  const { reversal, compensation } = tool;
  return {
    [meta.access]: "write",
    [meta.rehearsal]: true,
    [meta.reversal]: reversal,
    ...(compensation && { [meta.compensation]: compensation }),
  };
}
