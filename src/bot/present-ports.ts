import type { Inventory } from "../connector/inventory.ts";
import type { Pin } from "../connector/tools/pins.ts";
import type { Directory } from "../identity/directory.ts";
import type { Policies } from "../policy/cedar.ts";
import type { Registry } from "../registry/registry.ts";
import type { Clock } from "../review/clock.ts";
import type { Queryable } from "../store/pool.ts";
import { personalChatOf } from "./conversations.ts";
import type { Target } from "./outbox.ts";

export type PresentPorts = {
  tenantId: string;
  policies: Policies;
  directory: Directory;
  registry: Pick<Registry, "byId">;
  /** the systems that agents may reach, and what of their tools was reviewed with the code */
  inventory: Inventory;
  pins: readonly Pin[];
  agentName(agentId: string): string;
  /** aadObjectId of who answers for an agent */
  ownerOf(agentId: string): string | undefined;
  /** who answers beside the owner of an agent: the leads of its cluster, or the platform team where there are none */
  leadsOf(clusterId: string): string[];
  /** everybody who holds a role */
  holdersOf(role: string): string[];
  /** the time by which flows go */
  clock: Clock;
  /** of quiet, after which an agent that alerts had degraded comes back */
  recoveryMinutes: number;
  /** who takes over for a cluster when it has no channel */
  respondersOf(clusterId: string): string[];
  /** something was queued */
  wake(): void;
};

/** The chat that somebody used last; where there is none, the delivery opens one. */
export async function chatWith(db: Queryable, tenantId: string, personId: string): Promise<Target> {
  const chat = await personalChatOf(db, tenantId, personId);
  return chat === undefined ? { personId } : { conversationId: chat.conversationId };
}

/** Somebody who has left keeps their name: they decided, whatever became of them. */
export function nameOf({ directory }: Pick<PresentPorts, "directory">, personId: string): string {
  const known = directory.byId(personId) ?? directory.people.find(({ aadObjectId }) => aadObjectId === personId);
  return known?.name ?? "somebody";
}

/** The owner; where they have left, whoever answers beside them. */
export function whoAnswers(ports: Pick<PresentPorts, "ownerOf" | "leadsOf" | "registry">, agentId: string): string[] {
  const owner = ports.ownerOf(agentId);
  return owner === undefined ? ports.leadsOf(ports.registry.byId.get(agentId)?.cluster_id ?? "") : [owner];
}
