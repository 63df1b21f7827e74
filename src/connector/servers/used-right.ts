import type { Elevation } from "../../identity/tokens/claims.ts";
import type { Tx } from "../../store/pool.ts";
import { Refusal } from "./refusal.ts";

/** A right that was shown before. That it comes again is somebody's fault or somebody's attack. */
export class RightUsed extends Refusal {
  constructor() {
    super("The right to do this was used before. Nothing was changed.");
    this.name = "RightUsed";
  }
}

/**
 * Uses up a right, in the transaction of its effect: it serves once over all processes of the system and all its restarts,
 * and where the effect does not come about it was not used. Whoever shows it at the same moment waits here for the other.
 * @throws RightUsed
 */
export async function useRight(tx: Tx, right: Pick<Elevation, "jti" | "action" | "azp"> | undefined): Promise<void> {
  if (right === undefined) throw new Error("a write came past the door without a right");
  const used = await tx.query(
    "insert into used_right (jti, action_id, client_id) values ($1, $2, $3) on conflict do nothing",
    [right.jti, right.action, right.azp],
  );
  if (used.rowCount !== 1) throw new RightUsed();
}
