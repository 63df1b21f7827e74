import { SignalboxError } from "../errors.ts";
import type { Log } from "../telemetry/log.ts";
import { type Bearer, bearing, type Caller, type Credentials } from "./credentials.ts";
import { guardedFetch } from "./egress/guarded-fetch.ts";
import { createPatience, type Patience } from "./egress/patience.ts";
import type { InventoryEntry } from "./inventory.ts";
import { CONNECT_MS, openSession, type Session } from "./session.ts";
import type { Endpoint } from "./system-names.ts";
import type { ToolRegister } from "./tool-register.ts";
import type { ToolGate } from "./tools/gate.ts";
import { createListings, type Listing, type OfferedTool } from "./tools/listing.ts";

/** An open session of one principal, and what the system offers in it. */
export type Connection = {
  session: Session;
  listing: Listing;
  /** in whose name it goes; undefined where the inventory says that the system is spoken to as nobody */
  bearer: Pick<Bearer, "clientId" | "audience"> | undefined;
};

/** For whom a connection is: a version of an agent, or Signalbox itself; and on behalf of whom, where it is. */
export type Asker = { by?: Caller | undefined; personId?: string | undefined };

/**
 * The connection to one system of the inventory: a session for each principal and person, since a session belongs to whoever opened it.
 * One is opened when it is first needed, and again when it is lost or the address has changed. All of them go where the
 * inventory allows and nowhere else, and offer what people have reviewed.
 */
export type Link = {
  entry: InventoryEntry;
  /** those that were reviewed, as last listed to anybody: they stay known while the system is away */
  tools(): readonly OfferedTool[];
  /** how the system is left alone while it has too much to do, whoever asks */
  patience: Patience;
  /** is Signalbox itself connected? */
  isOpen(): boolean;
  /** the open connection of who calls, or a new one @throws when the system cannot be reached */
  connection(asker?: Asker): Promise<Connection>;
  /** forgets a connection that turned out to be lost */
  drop(lost: Connection): void;
  close(): Promise<void>;
};

/** More than this do not call one system at a time; the one that was idle for longest gives up its session. */
const MOST_SESSIONS = 100;
const OURS = "";

/** @param endpoint where the system is at the moment; undefined while it is away */
export function createLink(
  entry: InventoryEntry,
  endpoint: () => Endpoint | undefined,
  options: { gate: ToolGate; register: ToolRegister; credentials: Credentials; log: Log },
): Link {
  const { system, identity } = entry;
  const { credentials, log } = options;
  const guarded = guardedFetch(system, entry.egress);
  const open = new Map<string, Connection>();
  const opening = new Map<string, Promise<Connection>>();
  const listings = createListings(entry, options);

  /** A system that nobody is known to has one session for all. */
  const keyOf = ({ by, personId }: Asker): string =>
    identity.kind === "none" || (by === undefined && personId === undefined)
      ? OURS
      : `${by?.agentId ?? ""}/${by?.version ?? ""}/${personId ?? ""}`;
  const current = (key: string): Connection | undefined => {
    const connection = open.get(key);
    return connection?.session.endpoint === endpoint() ? connection : undefined;
  };
  /** The one that was used last is the last one of the map. */
  const keep = (key: string, connection: Connection): void => {
    open.delete(key);
    open.set(key, connection);
    if (open.size <= MOST_SESSIONS) return;
    const idlest = [...open.keys()].find((other) => other !== OURS) ?? "";
    void open.get(idlest)?.session.close();
    open.delete(idlest);
  };

  const bearerOf = async ({ by, personId }: Asker): Promise<Bearer | undefined> => {
    if (identity.kind === "none") return undefined;
    const principal = await credentials.principalOf(by);
    const { resource } = identity;
    const request = { principal, audience: system, ...(resource && { resource }), ...(personId && { personId }) };
    return bearing(guarded.fetch, credentials.tokens, request);
  };
  const connect = async (key: string, asker: Asker): Promise<Connection> => {
    const target = endpoint();
    if (target === undefined)
      throw new SignalboxError("system-away", `${system} has no address at the moment: it is being started.`);
    const bearer = await bearerOf(asker);
    const listing = listings.begin();
    const list = (): Promise<void> => listing.read(() => session.list(CONNECT_MS));
    const session: Session = await openSession(target, {
      fetch: bearer?.fetch ?? guarded.fetch,
      // Where it cannot be asked now, it is asked before the next call.
      onListChanged: () => void list().catch(() => {}),
    });
    await list().catch((error: unknown) => {
      session.abandon();
      throw error;
    });
    const connection = { session, listing, bearer };
    keep(key, connection);
    log.debug({ system, tools: listing.offered().length }, "a system was connected");
    return connection;
  };

  return {
    entry,
    tools: listings.offered,
    patience: createPatience(),
    isOpen: () => current(OURS) !== undefined,
    connection: (asker = {}) => {
      const key = keyOf(asker);
      const connection = current(key);
      if (connection !== undefined) {
        keep(key, connection);
        return Promise.resolve(connection);
      }
      const connecting = opening.get(key) ?? connect(key, asker).finally(() => opening.delete(key));
      opening.set(key, connecting);
      return connecting;
    },
    drop: (lost) => {
      for (const [key, connection] of open) if (connection === lost) open.delete(key);
      // Calls that still wait on it get their answer now instead of at their deadline.
      lost.session.abandon();
    },
    close: async () => {
      await Promise.allSettled(opening.values());
      await Promise.allSettled([...open.values()].map(({ session }) => session.close()));
      open.clear();
      await guarded.close();
    },
  };
}
