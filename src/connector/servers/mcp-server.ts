import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { type CallToolResult, ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import type { Pool } from "../../store/pool.ts";
import type { Log } from "../../telemetry/log.ts";
import { meta, type Outcome } from "../meta.ts";
import type { SystemName } from "../system-names.ts";
import { type Asker, askerOf } from "./asker.ts";
import { performAsTold, performOnce, rehearse } from "./effect.ts";
import { listingOf } from "./listing.ts";
import { CommitUnknown, Refusal } from "./refusal.ts";
import type { Tool } from "./tool.ts";
import { RightUsed } from "./used-right.ts";

export type System = { name: SystemName; tools: readonly Tool[]; pool: Pool };

/** The MCP server of one session: it offers the tools of one system. */
export function createMcpServer({ name, tools, pool }: System, log: Log): McpServer {
  const server = new McpServer({ name: `contoso-${name}`, version: "1.0.0" }, { maxToolInputElements: 100 });
  for (const tool of tools)
    server.registerTool(
      tool.name,
      {
        description: tool.description,
        inputSchema: tool.input,
        outputSchema: tool.output,
      },
      async (args: Record<string, unknown>, extra) => {
        const runId = extra._meta?.[meta.runId];
        try {
          const isRehearsal = extra._meta?.[meta.rehearsal] === true;
          const result = await run(tool, pool, args, {
            runId: typeof runId === "string" ? runId : undefined,
            isRehearsal,
            asker: askerOf(extra.authInfo),
          });
          return { content: [{ type: "text", text: JSON.stringify(result) }], structuredContent: result };
        } catch (error) {
          return failed(error, log.child({ system: name, tool: tool.name, runId }));
        }
      },
    );
  server.server.setRequestHandler(ListToolsRequestSchema, () => listingOf(tools));
  return server;
}

function run(
  tool: Tool,
  pool: Pool,
  args: Record<string, unknown>,
  { runId, isRehearsal, asker }: { runId: string | undefined; isRehearsal: boolean; asker: Asker },
) {
  const { personId, right } = asker;
  if (tool.access === "read") return tool.run(pool, args, personId);
  if (isRehearsal) return rehearse(pool, tool, args);
  return tool.isIdempotent
    ? performOnce(pool, tool, args, { runId, right })
    : performAsTold(pool, tool, args, { right });
}

/** A refusal is told; of anything else the caller only learns whether something may have been changed. */
function failed(error: unknown, log: Log): CallToolResult {
  const [outcome, text]: [Outcome, string] =
    error instanceof Refusal
      ? ["refused", error.message]
      : error instanceof CommitUnknown
        ? ["unknown", "The system cannot say whether this was done."]
        : ["not-done", "The system had an internal error. Nothing was changed."];
  if (error instanceof RightUsed) log.warn("a right was shown again");
  if (outcome !== "refused") log.error({ err: error }, "a tool failed");
  return { isError: true, content: [{ type: "text", text }], _meta: { [meta.outcome]: outcome } };
}
