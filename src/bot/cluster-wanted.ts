import { clusterNames } from "../card/shared.ts";
import { recentTurns } from "../turn/store.ts";
import type { BotPorts, Incoming } from "./incoming.ts";

/** Whom "talk to a human" means: the cluster that was named, else that of the latest turn here; undefined where nobody can tell. */
export async function clusterWanted(ports: BotPorts, incoming: Incoming, about: string): Promise<string | undefined> {
  const named = clusterByName(about);
  if (named !== undefined) return named;
  const [latest] = await recentTurns(ports.pool, ports.tenantId, incoming.place.conversationId, incoming.personId);
  const agent = latest?.agentId == null ? undefined : ports.registry.byId.get(latest.agentId);
  return agent?.cluster_id ?? latest?.routing?.clusterId;
}

/** "finance", "Finance", "the IT people" → the cluster's id. */
export function clusterByName(name: string): string | undefined {
  const words = name.toLowerCase();
  const hints: [string, RegExp][] = [
    ["it-security", /\b(it|security|service ?desk|help ?desk)\b/],
    ["hr-legal", /\b(hr|legal|human resources|people team)\b/],
    ["finance", /\b(finance|accounting|accounts)\b/],
    ["sales", /\bsales\b/],
  ];
  return hints.find(([, pattern]) => pattern.test(words))?.[0];
}

/** Only the whole name of an area, or of a half of it: "IT & Security", "security", "hr-legal"; undefined for anything around it. */
export function clusterCalled(name: string): string | undefined {
  const said = name.toLowerCase();
  const namesOf = ([id, title]: [string, string]) => [id, title, ...title.split(" & ")];
  return Object.entries(clusterNames).find((one) => namesOf(one).some((each) => each.toLowerCase() === said))?.[0];
}
