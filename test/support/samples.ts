import type { Action } from "../../src/action/action.ts";
import type { Discussed } from "../../src/approval/store.ts";
import type { Correction } from "../../src/correction/correction.ts";
import type { Handoff } from "../../src/handoff/handoff.ts";
import type { Fact } from "../../src/memory/fact.ts";
import type { AgentRecord } from "../../src/registry/agent-record.ts";
import type { Incident } from "../../src/review/incidents/incident.ts";
import type { Report } from "../../src/review/reports/report.ts";
import type { Review } from "../../src/review/reviews/review.ts";
import type { Sunset } from "../../src/review/sunsets/sunset.ts";
import type { Vacancy } from "../../src/review/vacancies/vacancy.ts";
import type { Candidate } from "../../src/routing/router.ts";
import type { Plan, WriteStep } from "../../src/run/plan.ts";
import type { Run } from "../../src/run/run.ts";

const at = new Date("2026-11-20T09:00:00Z");
export const ids = {
  approval: "0a000000-0000-4000-8000-000000000001",
  run: "0b000000-0000-4000-8000-000000000001",
  action: "0c000000-0000-4000-8000-000000000001",
  turn: "0d000000-0000-4000-8000-000000000001",
  handoff: "0e000000-0000-4000-8000-000000000001",
  agent: "0f000000-0000-4000-8000-000000000001",
  correction: "0aa00000-0000-4000-8000-000000000001",
  review: "0ab00000-0000-4000-8000-000000000001",
  incident: "0ac00000-0000-4000-8000-000000000001",
  sunset: "0ad00000-0000-4000-8000-000000000001",
  vacancy: "0ae00000-0000-4000-8000-000000000001",
  fact: "0af00000-0000-4000-8000-000000000001",
  maya: "00000000-0000-4000-8000-000000000001",
  jonas: "00000000-0000-4000-8000-000000000002",
  noah: "00000000-0000-4000-8000-000000000012",
};

export function anApproval(changes: Partial<Discussed> = {}): Discussed {
  return {
    ...{
      approvalId: ids.approval,
      code: "7Q2K",
      runId: ids.run,
      actionId: ids.action,
      stepId: "act",
      kind: "review",
      digest: "ab".repeat(32),
    },
    ...{ clusterId: "finance", risk: "high", amount: "450.00", requesterId: ids.maya },
    ...{
      policyId: "ask-high-risk",
      policyVersion: "v1",
      policyReason: "Somebody else must approve what is high risk.",
    },
    ...{
      stages: [{ who: "reviewer", quorum: 1 }],
      stage: 0,
      approverRoles: [],
      escalatedTo: [],
      editable: [],
      inputsVersion: 1,
      decidedFor: null,
    },
    ...{ votes: [], questions: [] },
    ...{ status: "pending", version: 1, decidedBy: null, reason: null, decidedAt: null, consumedAt: null },
    ...{ expiresAt: new Date("2026-11-21T09:00:00Z"), createdAt: at },
    ...changes,
  };
}

export function anAction(changes: Partial<Action> = {}, shown: Partial<Action["proposal"]> = {}): Action {
  return {
    ...{ actionId: ids.action, runId: ids.run, stepId: "act", tool: "erp.create_credit_note" },
    ...{
      args: { invoice_id: "INV-1042", amount: "450.00" },
      digest: "ab".repeat(32),
      risk: "high",
      reversal: "compensable",
    },
    ...{ compensation: null, idempotencyKey: "key", state: "proposed", result: null, failure: null },
    ...{
      approvalId: ids.approval,
      agentId: ids.agent,
      agentVersion: "3f2a",
      undoneBy: null,
      undoes: null,
      replays: false,
    },
    proposal: {
      summary: "Credit note of 450.00 EUR for INV-1042",
      target: "Invoice INV-1042 of Fabrikam",
      inputs: [{ label: "reason", value: "damaged goods" }],
      changes: [{ label: "Open amount", from: "1,250.00 EUR", to: "800.00 EUR" }],
      impact: "Fabrikam owes 450.00 EUR less.",
      undo: "The credit note can be voided.",
      otherwise: "You can talk to a person in Finance.",
      done: "Credit note {result.credit_note_id} was raised.",
      sources: [{ system: "erp", tool: "erp.get_invoice", at: at.toISOString() }],
      ...shown,
    },
    ...changes,
  };
}

export function aRun(changes: Partial<Run> = {}): Run {
  return {
    ...{
      runId: ids.run,
      code: "7Q2K",
      turnId: ids.turn,
      conversationId: "a:1",
      requesterId: ids.maya,
      agentId: ids.agent,
    },
    ...{ agentVersion: "3f2a", policyVersion: "v1", confidence: 0.93, status: "waiting", version: 1, createdAt: at },
    clusterId: "finance",
    plan: aPlan(),
    state: {
      steps: { act: { is: "asking", approvalId: ids.approval, actionId: ids.action } },
      ...{ generations: {}, replanned: null, added: [], budgets: aPlan().budgets, superstep: 0, asked: 1 },
      ...{ spent: { turns: 0, toolCalls: 0, seconds: 0, tokens: 0, costCents: 0 }, isQueued: false, isActing: false },
      ...{ hold: null, checkpoints: [], closing: null, outcome: null },
    },
    ...changes,
  };
}

export function aWrite(changes: Partial<WriteStep> = {}): WriteStep {
  return {
    ...{
      id: "act",
      kind: "write",
      after: [],
      tool: "erp.create_credit_note",
      args: { invoice_id: "INV-1042", amount: "450.00" },
    },
    ...{ risk: "high", confirm: false, inputs: [], editable: [], sources: [] },
    undo: { reversal: "compensable", tool: "erp.void_credit_note", args: { credit_note_id: "$result.credit_note_id" } },
    texts: {
      ...{ summary: "Credit note", target: "INV-1042", changes: [], impact: "", undo: "" },
      otherwise: "",
      done: "",
    },
    ...changes,
  };
}

export function aPlan(changes: Partial<Plan> = {}): Plan {
  return {
    ...{ plan: "finance/credit-note", version: 2, pattern: "sequential", onFailure: "stop", approval: "each" },
    scope: { slots: {}, steps: {}, computed: {}, requester: { upn: "", name: "" }, today: "2026-11-20" },
    budgets: {
      ...{
        maxTurns: 20,
        maxToolCalls: 40,
        maxRuntimeSeconds: 300,
        maxTokens: 20_000,
        maxCostCents: 100,
        onCrossing: "ask",
      },
    },
    steps: [aWrite()],
    ...changes,
  };
}

export function aHandoff(changes: Partial<Handoff> = {}): Handoff {
  return {
    ...{ handoffId: ids.handoff, code: "9XYZ", turnId: ids.turn, conversationId: "a:1", requesterId: ids.maya },
    ...{
      requesterName: "Maya Lindqvist",
      clusterId: "finance",
      status: "waiting",
      version: 1,
      claimedBy: null,
      note: null,
    },
    summary: {
      reason: "No agent was sure enough.",
      transcript: [{ who: "Maya Lindqvist", text: "The statement is wrong" }],
      candidates: [{ displayName: "Invoice Agent", intent: "invoice-status", score: 0.61 }],
    },
    createdAt: at,
    ...changes,
  };
}

export function aCandidate(changes: Partial<Candidate> = {}): Candidate {
  return {
    ...{ agentId: ids.agent, displayName: "Invoice Agent", clusterId: "finance", intent: "overdue-invoices" },
    ...{ score: 0.7, matched: "Which invoices are overdue?", why: ["overdue"] },
    ...changes,
  };
}

export function aCorrection(changes: Partial<Correction> = {}): Correction {
  return {
    ...{ correctionId: ids.correction, groupId: ids.correction, kind: "wrong-agent", turnId: ids.turn, code: "7Q2K" },
    ...{ personId: ids.maya, personName: "Maya Lindqvist", said: "Who owes us money?", score: 0.87 },
    answered: { agentId: ids.agent, intent: "overdue-invoices" },
    chosen: { agentId: ids.agent, intent: "receivables-ageing" },
    ...{ registryVersion: "ab".repeat(32), state: "open", decidedBy: null, decidedAt: null, why: null, createdAt: at },
    ...changes,
  };
}

/** An agent of which everything is called by these words. */
export function aRecord(words: string, many: number): AgentRecord {
  const [name, purpose] = [words.slice(0, 60), words.padEnd(10, "…").slice(0, 400)];
  return {
    ...{ agent_id: ids.agent, display_name: name, description: purpose, cluster_id: "finance" },
    ...{ owner_upn: "jonas.weber@contoso.example", service_principal_id: ids.review, capability_mode: "read-only" },
    ...{ status: "active", sla_response_ms: 3_000, token_sla_per_session: 1_000, registered_at: "2026-09-01" },
    ...{ last_review_at: "2026-10-15", deprecation_date: "2028-08-31", review_cadence_days: 90, runtime: "planner" },
    ...{ instructions: purpose, tools: ["erp.list_invoices"] },
    data_scopes: Array.from({ length: many }, () => ({
      ...{ scope_name: words, classification: "confidential" as const },
      ...{ approved_by: "helena.okafor@contoso.example", approved_at: "2026-09-01" },
    })),
    intent_patterns: Array.from({ length: many }, (_, i) => ({
      ...{ intent_label: `intent-${i}`, description: purpose.slice(0, 300), confidence_threshold: 0.8 },
      ...{ example_utterances: [name, name, name], risk: "low" as const, plan: "finance/overdue-invoices" },
    })),
  };
}

/** A review that waits for an answer. */
export function aReview(): Review & { state: "open" } {
  return {
    ...{ reviewId: ids.review, agentId: ids.agent, dueOn: "2026-11-01", askedAt: at, reminded: 1, degradedAt: null },
    ...{ state: "open", decidedBy: null, decidedAt: null, untilOn: null, why: null, version: 1 },
  };
}

/** An incident that waits for an answer. */
export function anIncident(changes: Partial<Incident> = {}): Incident {
  return {
    ...{
      incidentId: ids.incident,
      agentId: ids.agent,
      kind: "anomaly_flag",
      metricValue: 0.93,
      heard: 2,
      silentAt: null,
    },
    ...{ openedAt: at, heardAt: at, resolvedAt: null, answerBy: at, runsHeld: null, acknowledgedBy: null, version: 1 },
    ...{ acknowledgedAt: null, state: "open", closedBy: null, closedAt: null, why: null },
    ...changes,
  } as Incident;
}

/** The end of an agent, at a stage. */
export function aSunset(stage: Sunset["stage"], acknowledgedBy: string | null = null): Sunset {
  return {
    ...{ sunsetId: ids.sunset, agentId: ids.agent, endsOn: "2026-12-01", stage, stageAt: at, successorId: ids.agent },
    ...{ acknowledgedBy, acknowledgedAt: acknowledgedBy === null ? null : at, version: 1 },
  };
}

/** An agent for which nobody answers. */
export function aVacancy(changes: Partial<Vacancy> = {}): Vacancy {
  return {
    ...{
      vacancyId: ids.vacancy,
      agentId: ids.agent,
      reason: "left",
      formerOwner: "gone@contoso.example",
      openedAt: at,
    },
    ...{ suspendedAt: null, version: 1, state: "open", ownerUpn: null, namedBy: null },
    ...changes,
  } as Vacancy;
}

/** Six sections, as full as they get; headings and labels are our own, whatever others write. */
export function aReport(words: string, many: number): Report {
  const figures = Array.from({ length: 12 }, () => ({
    label: "So many of something that is told of",
    value: words,
    before: many,
  }));
  const lines = Array.from({ length: many }, () => words);
  return {
    ...{
      kind: "weekly",
      period: "2026-W47",
      title: "Weekly",
      from: "2026-11-16",
      through: "2026-11-22",
      isWhole: true,
    },
    sections: Array.from({ length: 6 }, () => ({ heading: "A section", isBad: true, figures, lines })),
  };
}

/** Something that is remembered of Noah for the agents of Finance. */
export function aFact(name: string, value: string): Fact & { state: "kept" } {
  return {
    ...{ factId: ids.fact, personId: ids.noah, clusterId: "finance", kind: "preference", name, value },
    ...{ source: "own-words", trust: 0.9, keptAt: at, version: 1, state: "kept", why: null, clearedBy: null },
  };
}
