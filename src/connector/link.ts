import { SignalboxError } from "../errors.ts";
import type { Log } from "../telemetry/log.ts";
import { guardedFetch } from "./egress/guarded-fetch.ts";
import { createPatience, type Patience } from "./egress/patience.ts";
import type { InventoryEntry } from "./inventory.ts";
import { CONNECT_MS, openSession, type Session } from "./session.ts";
import type { Endpoint } from "./system-names.ts";
import type { ToolGate } from "./tools/gate.ts";
import { createListing, type Listing, type OfferedTool } from "./tools/listing.ts";

/** An open session, and what the system offers in it. */
export type Connection = { session: Session; listing: Listing };

/** The connection to one system of the inventory; it is opened again when it is lost or its address has changed. */
export type Link = {
  entry: InventoryEntry;
  /** those that were reviewed, as last listed: they stay known while the system is away */
  tools(): readonly OfferedTool[];
  /** how the system is left alone while it has too much to do */
  patience: Patience;
  isOpen(): boolean;
  /** the open connection, or a new one @throws when the system cannot be reached */
  connection(): Promise<Connection>;
  /** forgets a connection that turned out to be lost */
  drop(lost: Connection): void;
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
  let open: Connection | undefined;
  let opening: Promise<Connection> | undefined;
  let latest: Listing | undefined;
  const current = () => (open !== undefined && open.session.endpoint === endpoint() ? open : undefined);

  const connect = async (): Promise<Connection> => {
    const target = endpoint();
    if (target === undefined)
      throw new SignalboxError("system-away", `${system} has no address at the moment: it is being started.`);
    const listing = createListing(entry, gate);
    const list = (): Promise<void> => listing.read(() => session.list(CONNECT_MS));
    const session: Session = await openSession(target, {
      fetch: guarded.fetch,
      // Where it cannot be asked now, it is asked before the next write.
      onListChanged: () => void list().catch(() => {}),
    });
    await list().catch((error: unknown) => {
      session.abandon();
      throw error;
    });
    open = { session, listing };
    latest = listing;
    log.debug({ system, tools: listing.offered().length }, "a system was connected");
    return open;
  };

  return {
    entry,
    tools: () => latest?.offered() ?? [],
    patience: createPatience(),
    isOpen: () => current() !== undefined,
    connection: () => {
      const connection = current();
      if (connection !== undefined) return Promise.resolve(connection);
      opening ??= connect().finally(() => {
        opening = undefined;
      });
      return opening;
    },
    drop: (lost) => {
      if (open === lost) open = undefined;
      lost.session.abandon();
    },
    close: async () => {
      await opening?.catch(() => {});
      await open?.session.close();
      open = undefined;
      await guarded.close();
    },
  };
}
