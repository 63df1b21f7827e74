import type { AgentRecord } from "../../registry/agent-record.ts";
import { routableIntents } from "../intent-name.ts";
import { createNormaliser, type Entities } from "../normalise.ts";
import type { Trained } from "../recogniser/model.ts";
import { findAlike } from "./alike.ts";
import { judgeHeldOut } from "./held-out.ts";
import { type Overlap, overlapsOf } from "./pairs.ts";

/** The pairs of intents that overlap, the worst first. Learns the fleet four times, so it takes some seconds. */
export async function findOverlaps(
  agents: readonly AgentRecord[],
  entities: Entities,
  trained: Trained,
): Promise<Overlap[]> {
  const alike = findAlike(routableIntents(agents), createNormaliser(entities));
  return overlapsOf(await judgeHeldOut(agents, entities, trained), alike);
}
