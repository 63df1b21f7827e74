import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { messageOf } from "../errors.ts";
import type { Log } from "../telemetry/log.ts";

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;

/**
 * Calls `onNotify` for each notification on `channel`, over a connection of its own. When the connection was lost and is
 * back, it is called once with no payload: something may have been missed. Resolves once it listens.
 */
export async function listen(
  url: string,
  channel: string,
  onNotify: (payload?: string) => void,
  log: Log,
): Promise<{ stop(): Promise<void> }> {
  const stopped = new AbortController();
  let current = await connect();

  async function connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: url,
      application_name: `listen ${channel}`,
      keepAlive: true,
      connectionTimeoutMillis: 3_000,
    });
    client.on("error", () => {});
    client.on("notification", ({ payload }) => onNotify(payload === "" ? undefined : payload));
    try {
      await client.connect();
      await client.query(`listen ${client.escapeIdentifier(channel)}`);
    } catch (error) {
      await client.end().catch(() => {});
      throw error;
    }
    client.on("end", () => void reconnect());
    return client;
  }

  async function reconnect(): Promise<void> {
    if (stopped.signal.aborted) return;
    log.warn({ channel }, "the connection that listens to the database is lost");
    for (let wait = FIRST_WAIT_MS; !stopped.signal.aborted; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      try {
        current = await connect();
        if (stopped.signal.aborted) return await current.end();
        log.info({ channel }, "listening to the database again");
        return onNotify();
      } catch (error) {
        log.debug({ channel, error: messageOf(error) }, "the database cannot be listened to yet");
        await sleep(wait, undefined, { signal: stopped.signal }).catch(() => {});
      }
    }
  }

  const stop = async () => {
    stopped.abort();
    await current.end().catch(() => {});
  };
  return { stop };
}
