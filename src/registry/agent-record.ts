import { z } from "zod";
import { classifications } from "../identity/classification.ts";

/**
 * What the fleet knows about one agent (R8.2). Records are JSON files under manifest/agents, one folder for each cluster;
 * manifest/agent.schema.json is made of this schema. Rules that a single field cannot show are in rules.ts.
 */
const clusterIds = ["sales", "finance", "it-security", "hr-legal"] as const;

const day = z.iso.date();
const uuid = z.uuidv4();
const slug = z.string().regex(/^[a-z][a-z0-9-]*$/, "must be lower case words with dashes, such as overdue-invoices");
const tool = z.string().regex(/^[a-z]+\.[a-z_]+$/, "must be a tool such as erp.get_invoice");

const utterance = z.string().trim().min(3).max(300);

const IntentPattern = z.strictObject({
  /** names the intent for ever: logs, audits and the golden set refer to it */
  intent_label: slug,
  description: z.string().min(10).max(300),
  /** calibrated score from which this intent is served; at least 0.80 where the agent may act */
  confidence_threshold: z.number().min(0).max(1),
  example_utterances: z.array(utterance).min(3),
  /** risk of what the intent leads to; policy asks people accordingly */
  risk: z.enum(["low", "medium", "high"]),
  /** plan template under manifest/plans, without .json */
  plan: z.string().regex(/^[a-z-]+\/[a-z0-9-]+$/, "must be <cluster>/<plan>, such as finance/overdue-invoices"),
  /** the requester confirms before it is done */
  action_requires_confirmation: z.boolean().optional(),
  /** role of the people directory that approves what nothing takes back; required where the plan does such a thing */
  approver_role: slug.optional(),
  /** who takes over when this agent cannot serve */
  escalation_agent_id: uuid.optional(),
});

export const AgentRecord = z.strictObject({
  $schema: z.string().optional(),
  /** never changes and is never used again */
  agent_id: uuid,
  display_name: z.string().min(2).max(60),
  description: z.string().min(10).max(400),
  cluster_id: z.enum(clusterIds),
  /** a named person: answers for the agent, gets the review reminders */
  owner_upn: z.email().toLowerCase(),
  /** one identity for each agent */
  service_principal_id: uuid,
  capability_mode: z.enum(["read-only", "action-capable"]),
  status: z.enum(["draft", "active", "degraded", "suspended", "deprecated"]),
  sla_response_ms: z.number().int().positive().max(60_000).default(3_000),
  token_sla_per_session: z.number().int().positive(),
  registered_at: day,
  last_review_at: day,
  /** at most two years after registration */
  deprecation_date: day,
  review_cadence_days: z.number().int().min(1).max(365).default(90),
  /** hard limits of one run (R4.3); what is not given has its default */
  budgets: z
    .strictObject({
      max_turns: z.number().int().min(1).max(1_000).default(20),
      max_tool_calls: z.number().int().min(1).max(1_000).default(40),
      /** while it works, not while it waits for people */
      max_runtime_seconds: z.number().int().min(1).max(86_400).default(300),
      max_tokens: z.number().int().min(0).default(20_000),
      max_cost_eur: z.number().min(0).default(1),
      /** people are asked, what is there is handed in, or the run stops */
      on_crossing: z.enum(["ask", "finish", "stop"]).default("ask"),
    })
    .optional(),
  /** percent of the conversations that try a new version of this record first; absent: it serves all at once (R4.8) */
  canary_share: z.number().int().min(1).max(50).optional(),
  runtime: z.literal("planner"),
  instructions: z.string().min(10),
  /** every tool that the agent may call, and no other */
  tools: z.array(tool).min(1),
  data_scopes: z
    .array(
      z.strictObject({
        scope_name: z.string().min(1),
        classification: z.enum(classifications),
        approved_by: z.email().toLowerCase(),
        approved_at: day,
      }),
    )
    .min(1),
  intent_patterns: z.array(IntentPattern).min(1),
  /** what people ask such an agent for and it does not do: the router learns to leave these alone */
  counter_examples: z.array(utterance).optional(),
});
export type AgentRecord = z.infer<typeof AgentRecord>;
