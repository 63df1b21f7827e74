import { performance } from "node:perf_hooks";
import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import { messageOf, SignalboxError } from "../errors.ts";
import type { Log } from "../telemetry/log.ts";
import { ConnectorError, didNotAnswer, neverArrived, wasCutOff, wasForbidden } from "./connector-error.ts";
import type { Caller, Credentials } from "./credentials.ts";
import { type Elevation, type Rights, signedRight } from "./elevation.ts";
import type { Inventory } from "./inventory.ts";
import { createLink, type Link } from "./link.ts";
import { meta, type Outcome } from "./meta.ts";
import { redact } from "./redact.ts";
import { MAX_DEADLINE_MS } from "./session.ts";
import type { Endpoint } from "./system-names.ts";
import type { ToolInfo } from "./tool-info.ts";

export { ConnectorError } from "./connector-error.ts";
export type { ToolInfo } from "./tool-info.ts";

export type ToolCall = {
  /** "erp.get_invoice" */
  tool: string;
  args: Record<string, unknown>;
  /** the agent that calls, whose token it carries; without one Signalbox itself calls, which only reads */
  by?: Caller;
  runId?: string;
  /** required for a write: the same key never has a second effect, where the system honours keys */
  idempotencyKey?: string;
  /** required for a write: the right to make exactly this call, which is looked at before it goes out */
  elevation?: Elevation;
  /** only say what it would do: nothing is changed, and no right is needed */
  isRehearsal?: boolean;
  /** total, with reconnecting; 10 s where it is not given */
  deadlineMs?: number;
};
export type ToolResult = {
  data: Record<string, unknown>;
  /** `at` is an ISO instant */
  source: { system: string; tool: string; at: string };
};
/** The only door through which agents reach a system. */
export type Connectors = {
  tools(): ToolInfo[];
  /** @throws ConnectorError, which says whether anything can have happened */
  call(call: ToolCall): Promise<ToolResult>;
  /** is every system connected? One that is not is connected in the background. */
  ready(): boolean;
  close(): Promise<void>;
};

const DEADLINE_MS = 10_000;

/**
 * Connects to the systems of the inventory. One that is away does not hold up the others: it is tried again at the next
 * call and at the next question whether all are ready.
 * @param options.endpoints may change while it is used: a restarted system has a new address and token
 */
export async function connectSystems(options: {
  endpoints: Readonly<Record<string, Endpoint | undefined>>;
  inventory: Inventory;
  /** is this right in force? Asked before every write */
  isElevated: Rights["isElevated"];
  /** with what calls show who makes them */
  credentials: Credentials;
  log: Log;
}): Promise<Connectors> {
  const { endpoints, inventory, log, credentials } = options;
  const links = new Map<string, Link>();
  for (const entry of inventory.values())
    links.set(
      entry.system,
      createLink(entry, () => endpoints[entry.system], credentials, log),
    );
  const connect = async (link: Link) => {
    try {
      await link.session();
    } catch (error) {
      log.warn({ system: link.entry.system, why: redact(messageOf(error)) }, "a system cannot be reached");
    }
  };
  await Promise.all([...links.values()].map(connect));

  return {
    tools: () => [...links.values()].flatMap((link) => link.tools()),
    call: (call) => {
      const link = links.get(call.tool.split(".")[0] ?? "");
      if (link === undefined)
        return Promise.reject(
          new ConnectorError(
            "refused",
            `${call.tool}: its system is not in the inventory (manifest/connectors.json).`,
            {
              told: "That system is not one that I may use.",
              isOurs: true,
            },
          ),
        );
      return callTool(link, call, options);
    },
    ready: () => {
      const closed = [...links.values()].filter((link) => !link.isOpen());
      for (const link of closed) void connect(link);
      return closed.length === 0;
    },
    close: async () => {
      await Promise.all([...links.values()].map((link) => link.close()));
    },
  };
}

/** A deadline that is noticed so much later than it was due says that this process stood still, not that the system is slow. */
const STOOD_STILL_MS = 1_000;

async function callTool(link: Link, call: ToolCall, rights: Rights): Promise<ToolResult> {
  for (let tries = 1; ; tries += 1) {
    const ends = performance.now() + Math.min(call.deadlineMs ?? DEADLINE_MS, MAX_DEADLINE_MS);
    try {
      return await callUntil(ends, link, call, rights);
    } catch (error) {
      const isRefused = !(error instanceof ConnectorError) || error.outcome === "refused";
      if (isRefused || !changesNothing(link, call) || tries > 1 || performance.now() < ends + STOOD_STILL_MS)
        throw error;
    }
  }
}

const changesNothing = (link: Link, { tool, isRehearsal }: ToolCall): boolean =>
  isRehearsal === true || link.tools().find(({ name }) => name === tool)?.access === "read";

async function callUntil(ends: number, link: Link, call: ToolCall, rights: Rights): Promise<ToolResult> {
  const { system, title } = link.entry;
  /** For what goes wrong before anything is sent. */
  const nothingSent = (error: unknown): never => {
    throw error instanceof ConnectorError ? error : didNotAnswer("not-done", title, call.tool, error);
  };
  for (let attempt = 1; ; attempt++) {
    const session = await within(ends, link.session(call.by)).catch(nothingSent);
    const info = link.tools().find((one) => one.name === call.tool);
    if (info === undefined)
      throw new ConnectorError("refused", `${call.tool}: ${system} has no such tool.`, {
        told: `${title} cannot do that.`,
        isOurs: true,
      });
    // One that does not know what a rehearsal is would really do it.
    if (call.isRehearsal === true && !info.canRehearse)
      throw new ConnectorError("refused", `${call.tool} cannot be rehearsed.`, {
        told: `${title} cannot say beforehand what that would change.`,
        isOurs: true,
      });
    const params = {
      name: call.tool.slice(system.length + 1),
      arguments: argumentsOf(info, call),
      _meta: metaOf(call),
    };
    if (info.access === "write" && call.isRehearsal !== true) {
      const right = await signedRight(call, rights, { clientId: session.clientId, audience: system }).catch(
        nothingSent,
      );
      Object.assign(params._meta, { [meta.elevation]: right });
    }
    try {
      const timeout = Math.max(1, ends - performance.now());
      const result = await session.client.callTool(params, undefined, { timeout });
      return read(result as CallToolResult, link, call.tool);
    } catch (error) {
      if (error instanceof ConnectorError) throw error;
      if (wasForbidden(error))
        throw new ConnectorError("refused", `${call.tool}: ${system} does not let this agent do that.`, {
          told: `${title} did not accept the request: the agent may not do this there.`,
          isOurs: true,
        });
      const arrived = !neverArrived(error);
      if (!arrived) link.drop(session);
      // What only reads may be asked again, also where the question may have arrived.
      const isRepeatable = !arrived || (wasCutOff(error) && changesNothing(link, call));
      if (isRepeatable && attempt === 1 && performance.now() < ends) continue;
      throw didNotAnswer(info.access === "write" && arrived ? "unknown" : "not-done", title, call.tool, error);
    }
  }
}

function argumentsOf(info: ToolInfo, call: ToolCall): Record<string, unknown> {
  const { tool, args, isRehearsal } = call;
  if (info.access === "read" || !info.isIdempotent) return args;
  // A rehearsal leaves no trace, so its key names nothing.
  const idempotencyKey = isRehearsal === true ? "rehearsal" : call.idempotencyKey;
  if (idempotencyKey === undefined)
    throw new SignalboxError("idempotency-key-missing", `${tool} writes: the call must carry its idempotency key.`);
  return { ...args, idempotency_key: idempotencyKey };
}

const metaOf = ({ runId, isRehearsal }: ToolCall) => ({
  ...(runId === undefined ? {} : { [meta.runId]: runId }),
  ...(isRehearsal === true ? { [meta.rehearsal]: true } : {}),
});

const outcomes: readonly Outcome[] = ["refused", "not-done", "unknown"];

function read(result: CallToolResult, { entry }: Link, tool: string): ToolResult {
  if (result.isError === true) {
    const [first] = result.content;
    const text = redact(first?.type === "text" ? first.text : "no reason given");
    const said = outcomes.find((one) => one === result._meta?.[meta.outcome]);
    if (said === "not-done" || said === "unknown") throw didNotAnswer(said, entry.title, tool, text);
    // Without an outcome of its own it is the protocol that said no: the arguments do not fit the tool.
    const told = said === "refused" ? text : `${entry.title} did not accept the request.`;
    throw new ConnectorError("refused", `${tool}: refused: ${text}`, { told });
  }
  const data = result.structuredContent ?? {};
  return { data, source: { system: entry.system, tool, at: new Date().toISOString() } };
}

async function within<T>(ends: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new SignalboxError("deadline-passed", "The system could not be connected in time.");
    timer = setTimeout(() => reject(error), Math.max(1, ends - performance.now()));
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
