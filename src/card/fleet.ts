import { z } from "zod";
import type { AgentRecord } from "../registry/agent-record.ts";
import { clusterNames } from "./shared.ts";
import { type Card, cardTemplate } from "./template.ts";
import { brief } from "./text.ts";

const Color = z.enum(["Good", "Warning", "Attention", "Default"]);
const Line = z.strictObject({ id: z.uuid(), name: z.string(), detail: z.string(), status: z.string(), color: Color });
const Choice = z.strictObject({ title: z.string(), value: z.string() });
const FleetCard = z.strictObject({
  speak: z.string(),
  title: z.string(),
  empty: z.string(),
  agents: z.array(Line),
  clusters: z.array(Choice),
  statuses: z.array(Choice),
  cluster: z.string(),
  status: z.string(),
  footer: z.string(),
  more: z.boolean(),
  nextPage: z.int(),
  back: z.boolean(),
  previousPage: z.int(),
});
const expand = cardTemplate("fleet", FleetCard);

const FLEET_PAGE = 8;

type Status = AgentRecord["status"];
export const statusColors: Record<Status, z.infer<typeof Color>> = {
  ...{ active: "Good", degraded: "Warning", suspended: "Attention", draft: "Default", deprecated: "Default" },
};
export const fleetStatuses = Object.keys(statusColors) as Status[];

/** What of the fleet is wanted; "" stands for all. */
export type FleetFilter = { cluster: string; status: string; page: number };
export type FleetLine = Pick<
  AgentRecord,
  "agent_id" | "display_name" | "cluster_id" | "status" | "capability_mode" | "intent_patterns"
> & { owner: string };

/** The agents of a fleet, in pages. @param agents all that the filter leaves */
export function renderFleet(agents: readonly FleetLine[], { cluster, status, page }: FleetFilter): Card {
  const pages = Math.max(1, Math.ceil(agents.length / FLEET_PAGE));
  const at = Math.min(page, pages - 1);
  const title = `${agents.length} ${agents.length === 1 ? "agent" : "agents"}`;
  return expand({
    ...{ speak: title, title, cluster, status },
    empty: agents.length === 0 ? "No agent is like that. Choose less." : "",
    agents: agents.slice(at * FLEET_PAGE, (at + 1) * FLEET_PAGE).map((one) => ({
      id: one.agent_id,
      name: brief(one.display_name),
      detail: brief(
        [
          clusterNames[one.cluster_id] ?? one.cluster_id,
          one.owner,
          one.capability_mode === "action-capable" ? "acts" : "reads",
          `${one.intent_patterns.length} intents`,
        ].join(" · "),
      ),
      status: one.status,
      color: statusColors[one.status],
    })),
    clusters: [
      { title: "All clusters", value: "" },
      ...Object.entries(clusterNames).map(([value, name]) => ({ title: name, value })),
    ],
    statuses: [{ title: "Any status", value: "" }, ...fleetStatuses.map((value) => ({ title: value, value }))],
    footer: pages > 1 ? `Page ${at + 1} of ${pages}` : "",
    ...{ more: at + 1 < pages, nextPage: at + 1, back: at > 0, previousPage: Math.max(0, at - 1) },
  });
}
