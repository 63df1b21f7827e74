import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../errors.ts";
import type { ActivityForBot } from "./activity-for-bot.ts";
import type { DeskPorts } from "./ports.ts";

/** What became of one activity. `status` 0: the bot could not be reached, or did not answer in time. */
export type Handed = { took: true; answer: unknown } | { took: false; status: number };

/** As long as Teams waits for a bot. */
const PATIENCE_MS = 15_000;

/** Hands one activity to the bot, once. */
export async function hand(ports: Pick<DeskPorts, "botUrl" | "log">, activity: ActivityForBot): Promise<Handed> {
  try {
    const response = await fetch(ports.botUrl(), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(activity),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const text = await response.text();
    if (response.ok) return { took: true, answer: text === "" ? undefined : readJson(text) };
    ports.log.warn({ type: activity.type, status: response.status }, "the bot refused an activity of the desk");
    return { took: false, status: response.status };
  } catch (error) {
    ports.log.warn({ type: activity.type, error: messageOf(error) }, "the bot did not take an activity of the desk");
    return { took: false, status: 0 };
  }
}

/** Hands an activity until the bot takes it or says a clear no; for what nobody waits for. */
export async function handUntilTaken(
  ports: Pick<DeskPorts, "botUrl" | "log">,
  activity: ActivityForBot,
  stopped: AbortSignal,
): Promise<boolean> {
  for (let wait = 250; !stopped.aborted; wait = Math.min(wait * 2, 5_000)) {
    const handed = await hand(ports, activity);
    if (handed.took) return true;
    if (handed.status >= 400 && handed.status < 500 && handed.status !== 429) return false;
    await sleep(wait, undefined, { signal: stopped }).catch(() => {});
  }
  return false;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
