import type { Announce } from "../action/announce.ts";
import type { Inventory } from "../connector/inventory.ts";
import type { Pin } from "../connector/tools/pins.ts";
import type { Directory } from "../identity/directory.ts";
import type { Policies } from "../policy/cedar.ts";
import type { Registry } from "../registry/registry.ts";
import type { RunPorts } from "../run/ports.ts";
import type { Pool } from "../store/pool.ts";
import type { Clock } from "./clock.ts";

/** What the flows need from the outside. */
export type ReviewPorts = {
  tenantId: string;
  pool: Pool;
  clock: Clock;
  policies: Policies;
  directory: Directory;
  registry: Pick<Registry, "agents" | "byId">;
  /** the systems that agents may reach, and what of their tools was reviewed with the code */
  inventory: Inventory;
  pins: readonly Pin[];
  /** aadObjectId of who answers for an agent */
  ownerOf(agentId: string): string | undefined;
  announce: Announce;
};

/** The same, where runs are held too. @property recoveryMinutes of quiet, after which what was degraded comes back */
export type IncidentPorts = ReviewPorts & RunPorts & { recoveryMinutes: number };
