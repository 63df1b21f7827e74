import { performance } from "node:perf_hooks";
import { messageOf, SignalboxError } from "../errors.ts";
import type { Log } from "../telemetry/log.ts";
import { resultOf, type ToolResult } from "./answer.ts";
import { ConnectorError, didNotAnswer, neverArrived, wasCutOff } from "./connector-error.ts";
import { digestOf } from "./digest.ts";
import { TurnedAway } from "./egress/turned-away.ts";
import type { Inventory } from "./inventory.ts";
import { createLink, type Link, type OfferedTool } from "./link.ts";
import { meta } from "./meta.ts";
import { redact } from "./redact.ts";
import { MAX_DEADLINE_MS, type Session } from "./session.ts";
import type { Endpoint } from "./system-names.ts";
import type { ToolInfo } from "./tool-info.ts";
import type { ToolGate } from "./tools/gate.ts";

export type { ToolResult } from "./answer.ts";
export { ConnectorError } from "./connector-error.ts";
export type { ToolInfo } from "./tool-info.ts";

export type ToolCall = {
  /** "erp.get_invoice" */
  tool: string;
  args: Record<string, unknown>;
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
/** An action whose approval grants the right to one call; `digest` is over its tool and arguments. */
export type Elevation = { actionId: string; digest: string };
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
 * @param options.endpoints of systems that Signalbox starts; they may change: a restarted system has a new address and token
 */
export async function connectSystems(options: {
  endpoints: Readonly<Record<string, Endpoint | undefined>>;
  inventory: Inventory;
  /** which tools were reviewed as they are */
  gate: ToolGate;
  /** is this right in force? Asked before every write */
  isElevated(call: Elevation & { tool: string }): Promise<boolean>;
  log: Log;
}): Promise<Connectors> {
  const { endpoints, inventory, gate, log, isElevated } = options;
  const links = new Map<string, Link>();
  for (const entry of inventory.values()) {
    const fixed = entry.endpoint === "sample" ? undefined : { url: entry.endpoint };
    links.set(
      entry.system,
      createLink(entry, () => fixed ?? endpoints[entry.system], { gate, log }),
    );
  }
  const connect = async (link: Link) => {
    try {
      await link.session();
    } catch (error) {
      log.warn({ system: link.entry.system, why: redact(messageOf(error)) }, "a system cannot be reached");
    }
  };
  await Promise.all([...links.values()].map(connect));

  return {
    tools: () => [...links.values()].flatMap((link) => link.tools().map(({ info }) => info)),
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
      return callTool(link, call, isElevated);
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

type IsElevated = (call: Elevation & { tool: string }) => Promise<boolean>;

/** A deadline that is noticed so much later than it was due says that this process stood still, not that the system is slow. */
const STOOD_STILL_MS = 1_000;

async function callTool(link: Link, call: ToolCall, isElevated: IsElevated): Promise<ToolResult> {
  for (let tries = 1; ; tries += 1) {
    const ends = performance.now() + Math.min(call.deadlineMs ?? DEADLINE_MS, MAX_DEADLINE_MS);
    try {
      return await callUntil(ends, link, call, isElevated);
    } catch (error) {
      const isRefused = !(error instanceof ConnectorError) || error.outcome === "refused";
      if (isRefused || !changesNothing(link, call) || tries > 1 || performance.now() < ends + STOOD_STILL_MS)
        throw error;
    }
  }
}

const changesNothing = (link: Link, { tool, isRehearsal }: ToolCall): boolean =>
  isRehearsal === true || isRead(link, tool);

const isRead = (link: Link, tool: string): boolean =>
  link.tools().find(({ info }) => info.name === tool)?.info.access === "read";

/**
 * A system may change a tool without saying so: before each write it is asked what it offers now. What only reads, with arguments
 * of a reviewed plan, may rely on an answer of this age, so that a turn with several reads does not ask as often.
 */
const READ_LISTING_MS = 2_000;
/** A system that is busy is asked again as often, where its pauses leave the time. */
const MOST_TRIES = 4;

async function callUntil(ends: number, link: Link, call: ToolCall, isElevated: IsElevated): Promise<ToolResult> {
  const { title } = link.entry;
  for (let attempt = 1; ; attempt++) {
    let session: Session | undefined;
    let isWrite = false;
    // Whatever fails before the call itself is sent has changed nothing.
    let isSent = false;
    try {
      return await link.patience.ask(ends, async () => {
        session = await within(ends, link.session());
        if (!isRead(link, call.tool) || link.listingAge() > READ_LISTING_MS)
          await link.relist(session, ends - performance.now());
        const tool = reviewedTool(link, call);
        isWrite = tool.info.access === "write";
        const params = { name: tool.tool, arguments: argumentsOf(tool.info, call), _meta: metaOf(call) };
        if (isWrite && call.isRehearsal !== true) await demandElevation(call, isElevated);
        isSent = true;
        return resultOf(await session.call(params, ends - performance.now()), title, tool);
      });
    } catch (error) {
      if (error instanceof ConnectorError) throw error;
      const isBusy = error instanceof TurnedAway;
      const arrived = isSent && !neverArrived(error);
      if (session !== undefined && !arrived && !isBusy) link.drop(session);
      // What only reads may be asked again, also where the question may have arrived.
      const isHarmless = !arrived || ((isBusy || wasCutOff(error)) && changesNothing(link, call));
      const isWorthIt = isBusy ? attempt < MOST_TRIES : attempt === 1 && session !== undefined;
      if (isHarmless && isWorthIt && performance.now() < ends) continue;
      throw didNotAnswer(isWrite && arrived ? "unknown" : "not-done", title, call.tool, error);
    }
  }
}

/** The tool of a call, if the system lists it as a person has reviewed it, and the inventory lets it be used so. */
function reviewedTool(link: Link, { tool: name, isRehearsal }: ToolCall): OfferedTool {
  const { system, title, scopes } = link.entry;
  const refuse = (why: string, told: string) => new ConnectorError("refused", `${name}${why}`, { told, isOurs: true });
  if (link.isQuarantined(name.slice(system.length + 1)))
    throw refuse(
      " is not as it was reviewed: it is in quarantine until somebody releases it (npm run ops -- tools).",
      `What I would use for that in “${title}” has changed, and nobody has reviewed the change yet. Nothing was changed.`,
    );
  const tool = link.tools().find(({ info }) => info.name === name);
  if (tool === undefined) throw refuse(`: ${system} has no such tool.`, `${title} cannot do that.`);
  // One that does not know what a rehearsal is would really do it.
  if (isRehearsal === true && !tool.info.canRehearse)
    throw refuse(" cannot be rehearsed.", `${title} cannot say beforehand what that would change.`);
  if (tool.info.access === "write" && !scopes.includes("write"))
    throw refuse(` writes, and the inventory lets ${system} only be read.`, `I may only read in “${title}”.`);
  return tool;
}

/** Nobody writes without a right that names this call and no other, and is in force at this moment. */
async function demandElevation({ tool, args, elevation }: ToolCall, isElevated: IsElevated): Promise<void> {
  const told = "Nothing was changed: the agent does not hold the right to do this.";
  if (elevation === undefined)
    throw new ConnectorError("refused", `${tool}: a write without elevation.`, { told, isOurs: true });
  if (digestOf(tool, args) !== elevation.digest || !(await isElevated({ ...elevation, tool })))
    throw new ConnectorError("refused", `${tool}: no elevation is in force for this call.`, {
      told,
      isOurs: true,
    });
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

async function within<T>(ends: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new SignalboxError("deadline-passed", "The system could not be connected in time.");
    timer = setTimeout(() => reject(error), Math.max(1, ends - performance.now()));
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
