import { mkdirSync, mkdtempSync, readdirSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { AgentRecord } from "../../src/registry/agent-record.ts";
import { createRegistry, type Registry } from "../../src/registry/registry.ts";
import { theRegistry } from "./fleet.ts";

type Cluster = AgentRecord["cluster_id"];

/** These agents alone: for tests that learn again and again, which the whole fleet makes slow. */
export function fewAgents(...names: string[]): Registry {
  return createRegistry(theRegistry().agents.filter(({ display_name }) => names.includes(display_name)));
}

/** A folder to start a bot in whose fleet is one cluster; all else is this tree's. */
export function releaseOfOneCluster(cluster: Cluster): string {
  const release = mkdtempSync(join(tmpdir(), "signalbox-release-"));
  const link = (path: string): void => symlinkSync(resolve(path), join(release, path));
  for (const name of readdirSync(".")) if (name !== "manifest" && !name.startsWith(".")) link(name);
  mkdirSync(join(release, "manifest/agents"), { recursive: true });
  for (const name of readdirSync("manifest")) if (name !== "agents") link(join("manifest", name));
  link(join("manifest/agents", cluster));
  return release;
}
