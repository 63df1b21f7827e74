import type { Person } from "../identity/directory.ts";
import type { Pool } from "../store/pool.ts";
import type { Log } from "../telemetry/log.ts";
import type { Channel } from "./channels.ts";

/** What the parts of the desk need from the outside. */
export type DeskPorts = {
  pool: Pool;
  tenantId: string;
  people: readonly Person[];
  channels: readonly Channel[];
  /** where the bot takes activities: "http://127.0.0.1:3978/api/messages" */
  botUrl: () => string;
  /** where this server is reached: "http://127.0.0.1:3978" */
  selfUrl: () => string;
  log: Log;
};

/** The bot, as its channel knows it. */
export const BOT = { id: "28:signalbox", name: "Signalbox" };

/** The people who can sit at the desk. */
export function seated(ports: Pick<DeskPorts, "people">): Person[] {
  return ports.people.filter((person) => person.kind === "person" && person.enabled);
}

/** @param id aadObjectId, or the id in the channel */
export function personById(ports: Pick<DeskPorts, "people">, id: string): Person | undefined {
  return ports.people.find((person) => person.aadObjectId === id || person.teamsId === id);
}
