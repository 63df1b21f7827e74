import { randomUUID } from "node:crypto";
import { openQueue, startEngine, step } from "../../src/engine/engine.ts";
import { openDatabase } from "../../src/store/database.ts";
import { migrate } from "../../src/store/migrate.ts";
import { openPool, transaction } from "../../src/store/pool.ts";
import { createLog } from "../../src/telemetry/log.ts";
import { type Measured, meter } from "./meter.ts";

/**
 * The least that an approval can cost on this machine: a row that waits, a click that changes it and queues a durable workflow,
 * one step that writes the effect. No plan, policy, people, evidence, cards or connector.
 */
export async function measureBareEngine(dataFolder: string, cycles: number): Promise<Measured> {
  const log = createLog("error");
  const database = await openDatabase({ databaseUrl: undefined, dataFolder, log });
  const pool = openPool(database.ownerUrl, { name: "bare" });
  const done = new Map<string, () => void>();
  try {
    await migrate(pool, log);
    await pool.query("create table bare (id uuid primary key, state text not null, effect text)");
    const workflow = {
      name: "bare",
      run: async (id = "") => {
        await step("effect", async () => {
          await pool.query({
            name: "bare-effect",
            text: "update bare set state = 'done', effect = $1::text where id = $1::uuid",
            values: [id],
          });
        });
        done.get(id)?.();
      },
    };
    const engine = await startEngine({ databaseUrl: database.ownerUrl, pool, log, alone: true, workflows: [workflow] });
    const queue = await openQueue({ databaseUrl: database.ownerUrl, pool, log });
    try {
      const one = async (): Promise<void> => {
        const id = randomUUID();
        const finished = new Promise<void>((resolve) => done.set(id, resolve));
        await pool.query("insert into bare (id, state) values ($1, 'waiting')", [id]);
        await transaction(pool, async (tx) => {
          await tx.query("update bare set state = 'approved' where id = $1 and state = 'waiting'", [id]);
          await queue.enqueue(tx, { workflow: "bare", id, queue: "actions", args: [id] });
        });
        await finished;
        done.delete(id);
      };
      await meter(pool, 100, one);
      return await meter(pool, cycles, one);
    } finally {
      await queue.close();
      await engine.stop();
    }
  } finally {
    await pool.end();
    await database.stop();
  }
}
