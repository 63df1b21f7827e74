import { parseArgs } from "node:util";
import type { Directory } from "../identity/directory.ts";
import { type AgentEvent, agentEvents } from "../registry/events/store.ts";
import type { Listed } from "../registry/listing/store.ts";
import { type AgentVersion, type Pointer, pointerOf, versionsOf } from "../registry/versions/store.ts";
import { type Command, say } from "./command.ts";
import { inTheRegistry, type ReadingRoom } from "./desk.ts";
import { findAgent } from "./find-agent.ts";
import { table } from "./table.ts";

/** The latest of each are enough to see how an agent has fared; `export` has them all. */
const LATEST = 20;

export const show: Command = {
  summary: "all about one agent: scopes, tools, intents, versions, and what happened to it",
  usage: `show AGENT [--json]

The version that serves, the latest ${LATEST} versions, and the latest ${LATEST} changes of its status with who, why and when.

  AGENT    its name, as "Invoice Agent", or its id
  --json   the same as one JSON object, with the whole record`,
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      options: { json: { type: "boolean", default: false } },
      allowPositionals: true,
    });
    return inTheRegistry(async (room) => {
      const shown = await lookUp(room, positionals.join(" "));
      say(values.json ? JSON.stringify(asJson(shown), null, 2) : asText(shown, room.directory));
      return 0;
    });
  },
};

type Shown = {
  serving: AgentVersion;
  listed: Listed;
  pointer: Pointer | undefined;
  versions: AgentVersion[];
  events: (AgentEvent & { at: Date })[];
};

/** @throws SignalboxError "agent-unknown" */
export async function lookUp(room: Pick<ReadingRoom, "pool" | "config">, name: string): Promise<Shown> {
  const { listed, ...serving } = await findAgent(room, name);
  const { pool, config } = room;
  const { agentId } = serving;
  const [pointer, versions, events] = await Promise.all([
    pointerOf(pool, config.tenantId, agentId),
    versionsOf(pool, config.tenantId, agentId),
    agentEvents(pool, config.tenantId, { agentId, limit: LATEST }),
  ]);
  return { serving, listed, pointer, versions, events };
}

function asJson({ serving, listed, pointer, versions, events }: Shown) {
  return {
    ...listed,
    canary: pointer?.canary == null ? null : { version: pointer.canary, share: pointer.canaryShare },
    record: serving.record,
    versions: versions.map(({ number, contentHash, registeredAt }) => ({ number, contentHash, registeredAt })),
    events: events.map(({ agentId: _, ...event }) => event),
  };
}

export function asText({ serving, listed, pointer, versions, events }: Shown, directory: Directory): string {
  const { record } = serving;
  const { budgets } = record;
  const facts: [string, string][] = [
    ["Id", record.agent_id],
    ["Service principal", record.service_principal_id],
    ["Cluster", record.cluster_id],
    ["Status", listed.status],
    ["Capability", record.capability_mode],
    ["Owner", record.owner_upn],
    [
      "Version",
      `${listed.version}${pointer?.canary == null ? "" : `, and ${pointer.canary} is tried on ${pointer.canaryShare} %`}`,
    ],
    ["Answers within", `${record.sla_response_ms} ms, ${record.token_sla_per_session} tokens a session`],
    ["Registered", record.registered_at],
    ["Reviewed", `${record.last_review_at}, next ${listed.nextReview}, every ${record.review_cadence_days} days`],
    ["Deprecation", record.deprecation_date],
    ...(budgets === undefined ? [] : [["Budgets of a run", budgetsIn(budgets)] satisfies [string, string]]),
    ["Tools", record.tools.join(", ")],
  ];
  const width = Math.max(...facts.map(([name]) => name.length));
  return [
    `${record.display_name}: ${record.description}`,
    facts.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join("\n"),
    table(
      ["Data scope", "Classification", "Approved by", "Approved at"],
      record.data_scopes.map((one) => [one.scope_name, one.classification, one.approved_by, one.approved_at]),
    ),
    `${table(
      ["Intent", "Threshold", "Risk", "Utterances", "Plan", "Approver"],
      record.intent_patterns.map((one) => [
        ...[one.intent_label, one.confidence_threshold.toFixed(2), one.risk],
        ...[String(one.example_utterances.length), one.plan, one.approver_role ?? ""],
      ]),
    )}\nCounter-examples: ${record.counter_examples?.length ?? 0}.`,
    table(
      ["Version", "Registered at", "Content", ""],
      versions.map(({ number, registeredAt, contentHash }) => [
        ...[String(number), minute(registeredAt), contentHash.slice(0, 12)],
        number === listed.version ? "serves" : number === pointer?.canary ? "is tried" : "",
      ]),
    ),
    events.length === 0
      ? "Its status was never changed by anybody."
      : table(
          ["When", "From", "To", "Who", "Why"],
          events.map(({ at, from, to, by, as, why }) => [
            ...[minute(at), from, to],
            ...[`${directory.people.find(({ aadObjectId }) => aadObjectId === by)?.name ?? by} (${as})`, why],
          ]),
        ),
  ].join("\n\n");
}

function budgetsIn(budgets: object): string {
  return Object.entries(budgets)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}

/** "2026-11-21 09:30", UTC */
function minute(at: Date): string {
  return at.toISOString().slice(0, 16).replace("T", " ");
}
