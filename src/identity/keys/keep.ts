import { appendAudit } from "../../audit/store.ts";
import { every } from "../../engine/every.ts";
import { messageOf } from "../../errors.ts";
import type { Pool } from "../../store/pool.ts";
import type { Log } from "../../telemetry/log.ts";
import type { Authority } from "../tokens/authority.ts";
import { publishKeys, stateOfKey } from "./store.ts";

const LOOK_MS = 5_000;

/** Keeps the keys of this process listed, and replaces them on time and on demand; the database's clock counts. */
export async function keepKeys(options: {
  authority: Authority;
  pool: Pool;
  tenantId: string;
  worker: string;
  log: Log;
}): Promise<{ look(): Promise<void>; stop(): Promise<void> }> {
  const { authority, pool, tenantId, worker, log } = options;
  const publish = ({ keys }: ReturnType<Authority["keys"]>) => publishKeys(pool, tenantId, worker, keys);
  const look = async (): Promise<void> => {
    const kid = authority.keys().keys[0]?.kid ?? "";
    const state = await stateOfKey(pool, tenantId, kid);
    if (state === "unlisted") return publish(authority.keys());
    if (state === "good") return;
    await authority.rotate();
    const next = authority.keys().keys[0]?.kid ?? "";
    await appendAudit(pool, {
      tenantId,
      kind: "keys.rotated",
      actor: "signalbox",
      data: { worker, from: kid, to: next },
    });
    log.info({ kid: next }, "a new key signs from now on");
  };
  await publish(authority.keys());
  authority.onKeys(publish);
  const looking = every(LOOK_MS, () =>
    look().catch((error: unknown) => log.warn({ error: messageOf(error) }, "the signing keys could not be looked at")),
  );
  return { look, stop: looking.stop };
}
