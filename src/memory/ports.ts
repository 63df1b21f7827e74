import type { Pool, Tx } from "../store/pool.ts";

/** What keeping and forgetting need from the outside. `pool` is the owner's account: agents write nothing. */
export type MemoryPorts = {
  tenantId: string;
  pool: Pool;
  /** brings the cards about a fact up to date, and asks whoever is to be asked */
  announce(tx: Tx, subject: { kind: "memory"; id: string }): Promise<void>;
};
