import { SignalboxError } from "../errors.ts";
import type { Principal } from "../identity/tokens/principal.ts";
import type { Log } from "../telemetry/log.ts";
import type { Caller, Credentials } from "./credentials.ts";
import type { InventoryEntry } from "./inventory.ts";
import { openSession, type Session } from "./session.ts";
import type { Endpoint } from "./system-names.ts";
import { type ToolInfo, toolInfo } from "./tool-info.ts";

/**
 * The connection to one system of the inventory: a session for each principal, since a session belongs to whoever opened it.
 * One is opened when it is first needed, and again when it is lost or the address has changed.
 */
export type Link = {
  entry: InventoryEntry;
  /** as last listed: they stay known while the system is away */
  tools(): readonly ToolInfo[];
  /** is Signalbox itself connected? */
  isOpen(): boolean;
  /** the open session of who calls, or a new one @throws when the system cannot be reached */
  session(by?: Caller): Promise<Session>;
  /** forgets a session that turned out to be lost */
  drop(lost: Session): void;
  close(): Promise<void>;
};

/** More versions of agents than this do not call one system; the one that was idle for longest gives up its session. */
const MOST_SESSIONS = 100;
const OURS = "";
const keyOf = (by: Caller | undefined): string => (by === undefined ? OURS : `${by.agentId}/${by.version}`);

/** @param endpoint where the system is at the moment; undefined while it is away */
export function createLink(
  entry: InventoryEntry,
  endpoint: () => Endpoint | undefined,
  credentials: Credentials,
  log: Log,
): Link {
  const open = new Map<string, Session>();
  const opening = new Map<string, Promise<Session>>();
  let tools: ToolInfo[] = [];
  const current = (key: string): Session | undefined => {
    const session = open.get(key);
    return session?.endpoint === endpoint() ? session : undefined;
  };
  const keep = (key: string, session: Session): void => {
    open.delete(key);
    open.set(key, session);
    if (open.size <= MOST_SESSIONS) return;
    const idlest = [...open.keys()].find((other) => other !== OURS) ?? "";
    void open.get(idlest)?.close();
    open.delete(idlest);
  };

  const connect = async (key: string, principal: Principal): Promise<Session> => {
    const target = endpoint();
    if (target === undefined)
      throw new SignalboxError("system-away", `${entry.system} has no address at the moment: it is being started.`);
    const { hostname } = new URL(target.url);
    if (!entry.hosts.includes(hostname))
      throw new SignalboxError(
        "connector-host-not-allowed",
        `${entry.system} points to ${hostname}, which manifest/connectors.json does not allow: add it to "hosts" or mend the address.`,
      );
    const session = await openSession(target, credentials.tokens, { principal, audience: entry.system });
    keep(key, session);
    tools = session.tools.map((tool) => toolInfo(entry.system, tool));
    log.debug({ system: entry.system, tools: tools.length }, "a system was connected");
    return session;
  };

  return {
    entry,
    tools: () => tools,
    isOpen: () => current(OURS) !== undefined,
    session: async (by) => {
      const key = keyOf(by);
      const session = current(key);
      if (session !== undefined) {
        keep(key, session);
        return session;
      }
      const before = opening.get(key);
      if (before !== undefined) return before;
      const connecting = credentials
        .principalOf(by)
        .then((principal) => connect(key, principal))
        .finally(() => opening.delete(key));
      opening.set(key, connecting);
      return connecting;
    },
    drop: (lost) => {
      for (const [key, session] of open) if (session === lost) open.delete(key);
      // Calls that still wait on the lost session get their answer now instead of at their deadline.
      lost.client.close().catch(() => {});
    },
    close: async () => {
      await Promise.allSettled(opening.values());
      await Promise.allSettled([...open.values()].map((session) => session.close()));
      open.clear();
    },
  };
}
