import { z } from "zod";
import { day } from "../action/values.ts";
import type { AgentRecord } from "../registry/agent-record.ts";
import type { AgentEvent } from "../registry/events/store.ts";
import type { Usage } from "../turn/usage/store.ts";
import { statusColors } from "./fleet.ts";
import { clusterNames, Fact, intentName } from "./shared.ts";
import { type Card, cardTemplate } from "./template.ts";
import { brief, cut, plain } from "./text.ts";

const AgentCard = z.strictObject({
  speak: z.string(),
  name: z.string(),
  status: z.string(),
  color: z.enum(["Good", "Warning", "Attention", "Default"]),
  text: z.string(),
  facts: z.array(Fact),
  parts: z.array(z.strictObject({ heading: z.string(), text: z.string() })),
});
const expand = cardTemplate("agent", AgentCard);

export type AgentView = {
  record: AgentRecord;
  owner: string;
  /** when it was last reviewed, and when that is due again: ISO days */
  reviewed: string;
  reviewDue: string;
  version: { active: number; canary: number | null; canaryShare: number };
  /** of the last seven days */
  usage: Usage;
  /** changes of its status with the names of who made them, latest first */
  life: readonly (Pick<AgentEvent, "from" | "to" | "why"> & { who: string; at: Date })[];
};

/** All that somebody who works with an agent wants to know of it. */
export function renderAgent({ record, owner, reviewed, reviewDue, version, usage, life }: AgentView): Card {
  const scopes = record.data_scopes.map(({ scope_name, classification }) => `${scope_name} (${classification})`);
  const p95 = usage.p95Ms === null ? "" : ` · 95 % within ${(usage.p95Ms / 1_000).toFixed(1)} s`;
  return expand({
    speak: brief(record.display_name),
    name: brief(record.display_name),
    status: record.status,
    color: statusColors[record.status],
    text: plain(cut(record.description, 400)),
    facts: [
      { label: "Owner", value: brief(owner) },
      { label: "Cluster", value: clusterNames[record.cluster_id] ?? brief(record.cluster_id) },
      {
        label: "May",
        value: record.capability_mode === "action-capable" ? "act, after policy and people" : "only read",
      },
      { label: "Answers within", value: `${(record.sla_response_ms / 1_000).toFixed(1)} s` },
      { label: "Last review", value: `${day(reviewed)}, next by ${day(reviewDue)}` },
      { label: "In service until", value: day(record.deprecation_date) },
      { label: "Version", value: versionInWords(version) },
      {
        label: "Last 7 days",
        value: `${usage.turns} turns of ${usage.people} people · ${usage.runs} runs · ${usage.failed} failed · ${usage.corrected} corrected${p95}`,
      },
    ],
    parts: [
      { heading: "Reads and writes", text: plain(cut(scopes.join(", "), 600)) },
      {
        heading: "Does",
        text: plain(cut(record.intent_patterns.map((one) => intentName(one.intent_label)).join(", "), 600)),
      },
      ...(life.length === 0
        ? []
        : [
            {
              heading: "Its life",
              text: life
                .map(({ from, to, why, who, at }) =>
                  plain(cut(`${day(at.toISOString())}: ${from} → ${to} by ${who}: ${why}`, 300)),
                )
                .join("\n\n"),
            },
          ]),
    ],
  });
}

function versionInWords({ active, canary, canaryShare }: AgentView["version"]): string {
  return canary === null ? `${active}` : `${active}; ${canary} is tried on ${canaryShare} %`;
}
