import { on } from "node:events";
import { parentPort, workerData } from "node:worker_threads";
import { openPool, transaction } from "../../store/pool.ts";
import { lookBack } from "../chain/store.ts";
import type { Ask, Order } from "./helper.ts";
import { lookAtStretch } from "./look.ts";

// The other side of helper.ts: reads what whoever asks reads, stretch by stretch.
if (parentPort === null) throw new Error("helper-thread.ts is started by helper.ts only");
const port = parentPort;
const asked = on(port, "message") as AsyncIterable<[Ask]>;
const { url, tenantId, moment, anchored } = workerData as Order;
const pool = openPool(url, { name: "signalbox-audit", max: 1 });
try {
  await transaction(pool, async (tx) => {
    await lookBack(tx, moment);
    for await (const [ask] of asked) {
      if (ask === "end") break;
      port.postMessage(await lookAtStretch(tx, tenantId, ask.look, anchored));
    }
  });
} finally {
  await pool.end();
  port.close();
}
