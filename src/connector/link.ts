import { SignalboxError } from "../errors.ts";
import type { Log } from "../telemetry/log.ts";
import type { InventoryEntry } from "./inventory.ts";
import { openSession, type Session } from "./session.ts";
import type { Endpoint } from "./system-names.ts";
import { registered, type ToolInfo, toolInfo } from "./tool-info.ts";
import type { ToolRegister } from "./tool-register.ts";

/** The connection to one system of the inventory; it is opened again when it is lost or its address has changed. */
export type Link = {
  entry: InventoryEntry;
  /** as last listed: they stay known while the system is away */
  tools(): readonly ToolInfo[];
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
  register: ToolRegister,
  endpoint: () => Endpoint | undefined,
  log: Log,
): Link {
  let open: Session | undefined;
  let opening: Promise<Session> | undefined;
  let tools: ToolInfo[] = [];
  const current = () => (open !== undefined && open.endpoint === endpoint() ? open : undefined);

  const connect = async (): Promise<Session> => {
    const target = endpoint();
    if (target === undefined)
      throw new SignalboxError("system-away", `${entry.system} has no address at the moment: it is being started.`);
    const { hostname } = new URL(target.url);
    if (!entry.hosts.includes(hostname))
      throw new SignalboxError(
        "connector-host-not-allowed",
        `${entry.system} points to ${hostname}, which manifest/connectors.json does not allow: add it to "hosts" or mend the address.`,
      );
    const session = await openSession(target);
    open = session;
    tools = session.tools.map((tool) => registered(toolInfo(entry.system, tool), register, entry));
    log.debug({ system: entry.system, tools: tools.length }, "a system was connected");
    return session;
  };

  return {
    entry,
    tools: () => tools,
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
      // Calls that still wait on the lost session get their answer now instead of at their deadline.
      lost.client.close().catch(() => {});
    },
    close: async () => {
      await opening?.catch(() => {});
      await open?.close();
      open = undefined;
    },
  };
}
