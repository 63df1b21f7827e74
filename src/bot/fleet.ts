import { renderAgent } from "../card/agent.ts";
import { type FleetFilter, fleetStatuses, renderFleet } from "../card/fleet.ts";
import { clusterNames } from "../card/shared.ts";
import { agentEvents } from "../registry/events/store.ts";
import { nearNames } from "../registry/near-names.ts";
import { plain } from "../registry/same-words.ts";
import { dueOn, lastReview, NOTHING_DECIDED } from "../review/reviews/review.ts";
import { standings } from "../review/reviews/store.ts";
import { usageOf } from "../turn/usage/store.ts";
import { agentCalled } from "./agent-called.ts";
import { type CardResult, refused } from "./card-result.ts";
import type { BotPorts, Incoming } from "./incoming.ts";
import { nameOf } from "./present-ports.ts";

const DAYS = 7;
const LIFE_SHOWN = 5;

const notKnown = refused(
  403,
  "NotYours",
  "This is for people of the company",
  "The directory does not know you, so I cannot show you who does what here.",
);

/** The agents of the fleet, for everybody who works here. */
export function showFleet(ports: BotPorts, { person }: Incoming, filter: FleetFilter): CardResult {
  if (person === undefined) return notKnown;
  const { directory, registry } = ports;
  const agents = registry.agents
    .filter(({ cluster_id }) => filter.cluster === "" || cluster_id === filter.cluster)
    .filter(({ status }) => filter.status === "" || status === filter.status)
    .toSorted((a, b) => a.cluster_id.localeCompare(b.cluster_id) || a.display_name.localeCompare(b.display_name))
    .map((record) => ({ ...record, owner: directory.byUpn(record.owner_upn)?.name ?? record.owner_upn }));
  return { kind: "card", card: renderFleet(agents, filter), isNews: true };
}

/** "fleet", "fleet finance", "fleet suspended"; undefined where the words say something else, which is then routed. */
export function fleetAsTyped(ports: BotPorts, incoming: Incoming, wanted: string): CardResult | undefined {
  const words = plain(wanted)
    .split(/[^a-z-]+/)
    .filter((word) => word !== "");
  const filter: FleetFilter = { cluster: "", status: "", page: 0 };
  for (const word of words) {
    const cluster = Object.keys(clusterNames).find((id) => id === word || id.split("-").includes(word));
    const status = fleetStatuses.find((one) => one === word);
    if (cluster === undefined && status === undefined) return undefined;
    filter.cluster = cluster ?? filter.cluster;
    filter.status = status ?? filter.status;
  }
  return showFleet(ports, incoming, filter);
}

/** "agent <name>"; undefined where nothing is called like that, and the words are to be routed. */
export async function agentNamed(ports: BotPorts, incoming: Incoming, typed: string): Promise<CardResult | undefined> {
  const { agents } = ports.registry;
  const agent = agentCalled(ports, typed);
  if (agent !== undefined) return showAgent(ports, incoming, agent.agent_id);
  const near = nearNames(
    typed,
    agents.map(({ display_name }) => display_name),
  );
  if (near.length === 0) return undefined;
  return refused(404, "NotFound", `There is no agent “${typed.slice(0, 60)}”`, `Near it: ${near.join(", ")}.`);
}

export async function showAgent(ports: BotPorts, { person }: Incoming, agentId: string): Promise<CardResult> {
  if (person === undefined) return notKnown;
  const { pool, tenantId, directory, registry, fleet } = ports;
  const record = registry.byId.get(agentId);
  const pointer = fleet.pointer(agentId);
  if (record === undefined || pointer === undefined)
    return refused(404, "NotFound", "That agent is gone", "Type “fleet” to see who is there.");
  const [usage, life, decided] = await Promise.all([
    usageOf(pool, tenantId, agentId, DAYS),
    agentEvents(pool, tenantId, { agentId, limit: LIFE_SHOWN }),
    standings(pool, tenantId, agentId),
  ]);
  const standing = decided.get(agentId) ?? NOTHING_DECIDED;
  const card = renderAgent({
    record,
    owner: directory.byUpn(record.owner_upn)?.name ?? record.owner_upn,
    reviewed: lastReview(record, standing),
    reviewDue: dueOn(record, standing),
    ...{ version: pointer, usage },
    life: life.map((event) => ({ ...event, who: event.as === "flow" ? event.by : nameOf(ports, event.by) })),
  });
  return { kind: "card", card, isNews: true };
}
