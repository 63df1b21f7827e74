import { randomUUID } from "node:crypto";
import { appendAudit } from "../../audit/store.ts";
import { messageOf } from "../../errors.ts";
import { listen } from "../../store/listen.ts";
import { type Pool, transaction } from "../../store/pool.ts";
import type { Log } from "../../telemetry/log.ts";
import type { Definition } from "./definition.ts";
import type { Pin } from "./pins.ts";
import { insertReview, releasedTools, TOOLS_CHANNEL } from "./store.ts";

/** A tool as a system lists it. */
export type Listed = { tool: string; fingerprint: string; definition: Definition };

/** Knows which definitions of tools a person has reviewed. Whatever it does not know is not offered and not called. */
export type ToolGate = {
  isReviewed(system: string, tool: Pick<Listed, "tool" | "fingerprint">): boolean;
  /** changes when what is reviewed does */
  version(): number;
  /** Puts what nobody reviewed into quarantine: stored and audited once, whichever process finds it first. Never throws. */
  quarantine(system: string, listed: readonly Listed[]): Promise<void>;
};

/**
 * What was reviewed is what stands in the files and what people released since; every process hears of a release.
 * @param options.pins what was reviewed with the code
 */
export async function openToolGate(options: {
  pool: Pool;
  databaseUrl: string;
  tenantId: string;
  pins: readonly Pin[];
  log: Log;
}): Promise<ToolGate & { stop(): Promise<void> }> {
  const { pool, databaseUrl, tenantId, pins, log } = options;
  let reviewed = new Map<string, Definition>();
  let latest = new Map<string, Definition>();
  let version = 0;
  const reload = async (): Promise<void> => {
    const all = [...pins, ...(await releasedTools(pool, tenantId))];
    reviewed = new Map(all.map((one) => [keyOf(one.system, one), one.definition]));
    latest = new Map(all.map((one) => [`${one.system}.${one.tool}`, one.definition]));
    version += 1;
  };
  // One after the other, so that the last one read is the newest.
  let reading = reload();
  const follow = (): void => {
    reading = reading
      .then(reload)
      .catch((error: unknown) => log.error({ error: messageOf(error) }, "the reviewed tools could not be read"));
  };
  await reading;
  const listening = await listen(databaseUrl, TOOLS_CHANNEL, follow, log);
  // What was decided before it listened.
  follow();
  await reading;

  const stored = new Set<string>();
  const isReviewed: ToolGate["isReviewed"] = (system, one) => reviewed.has(keyOf(system, one));
  return {
    isReviewed,
    version: () => version,
    quarantine: async (system, listed) => {
      const unknown = listed.filter((one) => !isReviewed(system, one) && !stored.has(keyOf(system, one)));
      if (unknown.length === 0) return;
      const changes = unknown.map(({ tool, fingerprint, definition }) => ({
        ...{ tool, fingerprint, after: definition },
        before: latest.get(`${system}.${tool}`),
      }));
      try {
        const reviewId = randomUUID();
        await transaction(pool, async (tx) => {
          const fresh = await insertReview(tx, tenantId, { reviewId, system, changes });
          if (fresh.length === 0) return;
          const tools = fresh.map(({ tool, fingerprint, before }) => ({
            tool,
            fingerprint,
            isNew: before === undefined,
          }));
          const data = { reviewId, system, tools };
          await appendAudit(tx, { tenantId, kind: "tool.quarantined", actor: "signalbox", data });
        });
        for (const one of unknown) stored.add(keyOf(system, one));
        log.warn({ system, tools: unknown.map(({ tool }) => tool) }, "tools that nobody reviewed are in quarantine");
      } catch (error) {
        // They stay out all the same, and are reported again at the next listing.
        log.error({ system, error: messageOf(error) }, "a quarantine could not be written down");
      }
    },
    stop: async () => {
      await listening.stop();
      await reading;
    },
  };
}

const keyOf = (system: string, { tool, fingerprint }: Pick<Listed, "tool" | "fingerprint">): string =>
  `${system}.${fingerprint}.${tool}`;
