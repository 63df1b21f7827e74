import { SignalboxError } from "../errors.ts";
import type { Log } from "../telemetry/log.ts";
import { guardedFetch } from "./egress/guarded-fetch.ts";
import { createPatience, type Patience } from "./egress/patience.ts";
import type { InventoryEntry } from "./inventory.ts";
import { CONNECT_MS, openSession, type Session } from "./session.ts";
import type { Endpoint } from "./system-names.ts";
import { type ToolInfo, toolInfo } from "./tool-info.ts";
import { definitionOf, fingerprintOf } from "./tools/definition.ts";
import type { Listed, ToolGate } from "./tools/gate.ts";

/** A tool that may be offered, with the definition that was reviewed. */
export type OfferedTool = Listed & { info: ToolInfo };

/** The connection to one system of the inventory; it is opened again when it is lost or its address has changed. */
export type Link = {
  entry: InventoryEntry;
  /** those that were reviewed, as last listed: they stay known while the system is away */
  tools(): readonly OfferedTool[];
  /** does the system list a tool of this name that nobody has reviewed as it is now? */
  isQuarantined(tool: string): boolean;
  /** how long ago the system was asked what it offers, in ms */
  listingAge(): number;
  /** asks the system anew what it offers, and puts what nobody reviewed into quarantine @throws when it cannot be asked */
  relist(session: Session, timeoutMs: number): Promise<void>;
  /** how the system is left alone while it has too much to do */
  patience: Patience;
  isOpen(): boolean;
  /** the open session, or a new one @throws when the system cannot be reached */
  session(): Promise<Session>;
  /** forgets a session that turned out to be lost */
  drop(lost: Session): void;
  close(): Promise<void>;
};

/** @param endpoint where the system is at the moment; undefined while it is away */
export function createLink(
  entry: InventoryEntry,
  endpoint: () => Endpoint | undefined,
  { gate, log }: { gate: ToolGate; log: Log },
): Link {
  const { system } = entry;
  const guarded = guardedFetch(system, entry.egress);
  let open: Session | undefined;
  let opening: Promise<Session> | undefined;
  let listed: OfferedTool[] = [];
  let listedAt = Number.NEGATIVE_INFINITY;
  let lastText: string | undefined;
  let lastVersion: number | undefined;
  let sorted: { version: number; offered: OfferedTool[]; quarantined: ReadonlySet<string> } | undefined;
  const current = () => (open !== undefined && open.endpoint === endpoint() ? open : undefined);

  /** A name that is listed twice is offered only if a person has reviewed both. */
  const sort = () => {
    const version = gate.version();
    if (sorted?.version === version) return sorted;
    const quarantined = new Set(listed.flatMap((one) => (gate.isReviewed(system, one) ? [] : [one.tool])));
    sorted = { version, quarantined, offered: listed.filter(({ tool }) => !quarantined.has(tool)) };
    return sorted;
  };

  const relist = async (session: Session, timeoutMs: number): Promise<void> => {
    const askedAt = performance.now();
    const tools = await session.list(timeoutMs);
    listedAt = askedAt;
    // It is asked before every call, and hardly ever says anything new.
    const text = JSON.stringify(tools);
    if (text === lastText && lastVersion === gate.version()) return;
    listed = tools.map((tool) => {
      const definition = definitionOf(tool);
      const info = toolInfo(system, definition, entry.reads);
      return { tool: tool.name, fingerprint: fingerprintOf(definition), definition, info };
    });
    sorted = undefined;
    const unknown = listed.filter((one) => !gate.isReviewed(system, one));
    if (unknown.length > 0) await gate.quarantine(system, unknown);
    // What could not be written down is to be tried again.
    lastText = unknown.length > 0 ? undefined : text;
    lastVersion = gate.version();
  };

  const connect = async (): Promise<Session> => {
    const target = endpoint();
    if (target === undefined)
      throw new SignalboxError("system-away", `${system} has no address at the moment: it is being started.`);
    const session: Session = await openSession(target, {
      fetch: guarded.fetch,
      onListChanged: () => void relist(session, CONNECT_MS).catch(() => {}),
    });
    await relist(session, CONNECT_MS);
    open = session;
    log.debug({ system, tools: listed.length }, "a system was connected");
    return session;
  };

  return {
    entry,
    tools: () => sort().offered,
    isQuarantined: (tool) => sort().quarantined.has(tool),
    listingAge: () => performance.now() - listedAt,
    relist,
    patience: createPatience(),
    isOpen: () => current() !== undefined,
    session: () => {
      const session = current();
      if (session !== undefined) return Promise.resolve(session);
      opening ??= connect().finally(() => {
        opening = undefined;
      });
      return opening;
    },
    drop: (lost) => {
      if (open === lost) open = undefined;
      lost.abandon();
    },
    close: async () => {
      await opening?.catch(() => {});
      await open?.close();
      open = undefined;
      await guarded.close();
    },
  };
}
