// The process of the sample company's systems. Its parent tells it what to serve, and it never outlives its parent.
import type { AddressInfo } from "node:net";
import { openPool } from "../../store/pool.ts";
import { createLog } from "../../telemetry/log.ts";
import { type HostOrder, type HostReady, systemNames } from "../system-names.ts";
import { createHost } from "./host.ts";
import { sampleTools } from "./sample-tools.ts";

process.once("disconnect", () => process.exit(0));
// Ctrl-C reaches the whole process group; the parent ends us when it has finished its turns.
process.on("SIGINT", () => {});

process.once("message", (message) => {
  const { logLevel, systems } = message as HostOrder;
  const log = createLog(logLevel).child({ process: "systems" });
  const hosted = systemNames.map((name) => ({
    name,
    token: systems[name].token,
    tools: sampleTools[name],
    pool: openPool(systems[name].databaseUrl, { name: `signalbox-${name}`, max: 4 }),
  }));
  const server = createHost(hosted, log);
  server.listen(0, "127.0.0.1", () => {
    const { port } = server.address() as AddressInfo;
    process.send?.({ port } satisfies HostReady);
  });
});
