// The process of the sample company's systems. Its parent tells it what to serve, and it never outlives its parent.
import type { AddressInfo } from "node:net";
import { openPool } from "../../store/pool.ts";
import { createLog } from "../../telemetry/log.ts";
import {
  type HostHeard,
  type HostNews,
  type HostOrder,
  type HostReady,
  type SystemName,
  systemNames,
} from "../system-names.ts";
import { crmTools } from "./crm/tools.ts";
import { docsTools } from "./docs/tools.ts";
import { getEffect } from "./effect.ts";
import { erpTools } from "./erp/tools.ts";
import { createHost } from "./host.ts";
import { hrisTools } from "./hris/tools.ts";
import { itsmTools } from "./itsm/tools.ts";
import type { Tool } from "./tool.ts";

const tools: Record<SystemName, readonly Tool[]> = {
  crm: crmTools,
  erp: erpTools,
  itsm: itsmTools,
  hris: hrisTools,
  docs: docsTools,
};

process.once("disconnect", () => process.exit(0));
// Ctrl-C reaches the whole process group; the parent ends us when it has finished its turns.
process.on("SIGINT", () => {});

process.once("message", (message) => {
  const { logLevel, systems, trust } = message as HostOrder;
  const log = createLog(logLevel).child({ process: "systems" });
  const hosted = systemNames.map((name) => ({
    name,
    names: systems[name].names,
    tools: [...tools[name], getEffect],
    pool: openPool(systems[name].databaseUrl, { name: `signalbox-${name}`, max: 4 }),
  }));
  const { server, trust: trustNow } = createHost(hosted, trust, log);
  process.on("message", (later) => {
    const { news, trust: next } = later as HostNews;
    trustNow(next);
    process.send?.({ heard: news } satisfies HostHeard);
  });
  server.listen(0, "127.0.0.1", () => {
    const { port } = server.address() as AddressInfo;
    process.send?.({ port } satisfies HostReady);
  });
});
