import type { Announce } from "../action/announce.ts";
import type { Connectors } from "../connector/client.ts";
import type { Engine } from "../engine/engine.ts";
import type { Directory } from "../identity/directory.ts";
import type { Policies } from "../policy/cedar.ts";
import type { Pool } from "../store/pool.ts";
import type { Log } from "../telemetry/log.ts";

/** What the stories of a run need from the outside. */
export type RunPorts = {
  tenantId: string;
  pool: Pool;
  engine: Pick<Engine, "enqueue">;
  connectors: Connectors;
  policies: Policies;
  directory: Directory;
  announce: Announce;
  /** may this agent act at this moment? A suspended agent's approved actions do not start. */
  mayAct(agentId: string): boolean;
  approvalHours: number;
  log: Log;
};

/** Names of the durable workflows of a run; the names are kept in the database and never change their meaning. */
export const workflowNames = { advance: "advance-run", expire: "expire-approval" } as const;
