import { performance } from "node:perf_hooks";
import { SignalboxError } from "../errors.ts";
import { resultOf, type ToolResult } from "./answer.ts";
import { ConnectorError, didNotAnswer, needsSignIn, neverArrived, wasCutOff, wasForbidden } from "./connector-error.ts";
import type { Caller } from "./credentials.ts";
import { TurnedAway } from "./egress/turned-away.ts";
import { demandRight, type Elevation, type Rights } from "./elevation.ts";
import type { InventoryEntry } from "./inventory.ts";
import type { Connection, Link } from "./link.ts";
import { meta } from "./meta.ts";
import { MAX_DEADLINE_MS } from "./session.ts";
import type { ToolInfo } from "./tool-info.ts";
import type { Listing, OfferedTool } from "./tools/listing.ts";

export type ToolCall = {
  /** "erp.get_invoice" */
  tool: string;
  args: Record<string, unknown>;
  /** the agent that calls, whose token it carries; without one Signalbox itself calls, which only reads */
  by?: Caller;
  /** object id of the person who asks: tools that the inventory lists under `onBehalfOf` are called in their name, too */
  personId?: string | undefined;
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

const DEADLINE_MS = 10_000;
/** A deadline that is noticed so much later than it was due says that this process stood still, not that the system is slow. */
const STOOD_STILL_MS = 1_000;
/** A system that is busy is asked so often at most, where its pauses leave the time. */
const MOST_TRIES = 4;
/** Makes one call of a system. @throws ConnectorError, which says whether anything can have happened */
export async function callTool(link: Link, call: ToolCall, rights: Rights): Promise<ToolResult> {
  if (isOnBehalf(link.entry, call) && call.personId === undefined) throw nobodyAsks(link.entry, call);
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

/** How far a call has come; what fails before it is sent has changed nothing. */
type Phase = "reaching" | "preparing" | "demanding" | "sent";

async function callUntil(ends: number, link: Link, call: ToolCall, rights: Rights): Promise<ToolResult> {
  const { entry, patience } = link;
  for (let tries = 1; ; tries += 1) {
    let phase = "reaching" as Phase;
    let connection: Connection | undefined;
    let isWrite = false;
    try {
      // As one: a system that lists its tools and then turns the call away has not done what was asked.
      return await patience.ask(ends, async () => {
        connection = await freshConnection(ends, link, call);
        phase = "preparing";
        const tool = reviewedTool(entry, connection.listing, call);
        isWrite = tool.info.access === "write";
        const args = argumentsOf(tool.info, call);
        phase = "demanding";
        const { session, bearer } = connection;
        const needsRight = isWrite && call.isRehearsal !== true;
        const right = needsRight ? await demandRight(call, rights, bearer) : undefined;
        const params = { name: tool.tool, arguments: args, _meta: metaOf(call, right) };
        phase = "sent";
        return resultOf(await session.call(params, ends - performance.now()), entry.title, tool);
      });
    } catch (error) {
      // What is wrong with the call itself is for whoever makes it.
      if (error instanceof ConnectorError || phase === "preparing") throw error;
      if (wasForbidden(error)) throw forbidden(entry, call);
      if (needsSignIn(error)) throw signInFirst(entry, call);
      const arrived = phase === "sent" && !neverArrived(error);
      const isBusy = error instanceof TurnedAway;
      if (phase === "sent" && !arrived && !isBusy && connection !== undefined) link.drop(connection);
      // What only reads may be asked again, also where the question may have arrived.
      const isHarmless = !arrived || ((isBusy || wasCutOff(error)) && changesNothing(link, call));
      const isWorthIt = isBusy ? tries < MOST_TRIES : phase === "sent" && tries === 1;
      if (isHarmless && isWorthIt && performance.now() < ends) continue;
      throw didNotAnswer(isWrite && arrived ? "unknown" : "not-done", entry.title, call.tool, error);
    }
  }
}

/** A system may change a tool without saying so: before each call it is asked what it offers now. */
async function freshConnection(ends: number, link: Link, call: ToolCall): Promise<Connection> {
  const asker = { by: call.by, personId: isOnBehalf(link.entry, call) ? call.personId : undefined };
  const connection = await within(ends, link.connection(asker));
  const { session, listing } = connection;
  try {
    await listing.read(() => session.list(ends - performance.now()));
    return connection;
  } catch (error) {
    if (error instanceof TurnedAway || needsSignIn(error)) throw error;
    // Most often a restarted system does not know the session. A new one begins with a new listing.
    link.drop(connection);
    return within(ends, link.connection(asker));
  }
}

const isOnBehalf = ({ identity, system }: InventoryEntry, { tool }: ToolCall): boolean =>
  identity.kind === "bearer" && identity.onBehalfOf?.includes(tool.slice(system.length + 1)) === true;

const isRead = (tools: readonly OfferedTool[], name: string): boolean =>
  tools.find(({ info }) => info.name === name)?.info.access === "read";

const changesNothing = (link: Link, { tool, isRehearsal }: ToolCall): boolean =>
  isRehearsal === true || isRead(link.tools(), tool);

/** The tool of a call, if the system lists it as a person has reviewed it, and the inventory lets it be used so. */
function reviewedTool({ system, title, scopes }: InventoryEntry, listing: Listing, call: ToolCall): OfferedTool {
  const { tool: name, isRehearsal } = call;
  const refuse = (why: string, told: string) => new ConnectorError("refused", `${name}${why}`, { told, isOurs: true });
  if (listing.isQuarantined(name.slice(system.length + 1)))
    throw refuse(
      " is not as it was reviewed: it is in quarantine until somebody releases it (npm run ops -- tools).",
      `What I would use for that in “${title}” has changed since it was reviewed, so it is not used. Whoever answers for that system was asked whether it may be. Nothing was changed.`,
    );
  const tool = listing.offered().find(({ info }) => info.name === name);
  if (tool === undefined) throw refuse(`: ${system} has no such tool.`, `${title} cannot do that.`);
  // One that does not know what a rehearsal is would really do it.
  if (isRehearsal === true && !tool.info.canRehearse)
    throw refuse(" cannot be rehearsed.", `${title} cannot say beforehand what that would change.`);
  if (tool.info.access === "write" && !scopes.includes("write"))
    throw refuse(` writes, and the inventory lets ${system} only be read.`, `I may only read in “${title}”.`);
  return tool;
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

const metaOf = ({ runId, isRehearsal }: ToolCall, right: string | undefined) => ({
  ...(runId === undefined ? {} : { [meta.runId]: runId }),
  ...(isRehearsal === true ? { [meta.rehearsal]: true } : {}),
  ...(right === undefined ? {} : { [meta.elevation]: right }),
});

const forbidden = ({ system, title }: InventoryEntry, { tool }: ToolCall): ConnectorError =>
  new ConnectorError("refused", `${tool}: ${system} does not let this agent do that.`, {
    told: `${title} did not accept the request: the agent may not do this there.`,
    isOurs: true,
  });

const nobodyAsks = ({ title }: InventoryEntry, { tool }: ToolCall): ConnectorError =>
  new ConnectorError("refused", `${tool}: it is called on behalf of a person only, and nobody asks.`, {
    told: `${title} tells that to people only, and I do not know who asks.`,
    isOurs: true,
  });

const signInFirst = ({ title }: InventoryEntry, { tool }: ToolCall): ConnectorError =>
  new ConnectorError("refused", `${tool}: the person who asks has not signed in.`, {
    told: `${title} tells that to you in person only. Sign in first; then ask me again.`,
    isOurs: true,
    needsSignIn: true,
  });

async function within<T>(ends: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new SignalboxError("deadline-passed", "The system could not be connected in time.");
    timer = setTimeout(() => reject(error), Math.max(1, ends - performance.now()));
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
