import type { Action } from "../action/action.ts";
import type { Discussed } from "../approval/store.ts";
import type { AuditRow } from "../audit/store.ts";
import type { LineagePart } from "../card/lineage.ts";
import { stepWords } from "../card/run.ts";
import { intentName } from "../card/shared.ts";
import { type Correction, type Intent, pupilOf } from "../correction/correction.ts";
import type { LearntLesson } from "../registry/lessons/store.ts";
import { approvalWords, type Run, stepsOf } from "../run/run.ts";
import type { TurnRecord } from "../turn/store.ts";

/** Name of a person, an agent or Signalbox itself. */
type NameOf = (id: string) => string;

const instant = (at: Date | string): string => new Date(at).toISOString().replace(/\.\d+Z$/, "Z");

export function utterancePart({ text, personName, createdAt, outcome, latencyMs }: TurnRecord): LineagePart {
  return {
    heading: "Utterance",
    text,
    facts: [
      { label: "Said by", value: personName },
      { label: "At", value: instant(createdAt) },
      { label: "Outcome", value: outcome },
      { label: "Took", value: `${latencyMs} ms` },
    ],
  };
}

export function routePart({ routing, agentId, agentVersion, intent }: TurnRecord, nameOf: NameOf): LineagePart[] {
  const served =
    agentId === null
      ? []
      : [{ label: "Agent", value: `${nameOf(agentId)}, version ${agentVersion ?? ""}, ${intentName(intent ?? "")}` }];
  if (routing === null)
    return served.length === 0 ? [] : [{ heading: "Route", text: "Chosen or continued, not routed.", facts: served }];
  const { phase1, candidates, thresholds, registryVersion, reason } = routing;
  return [
    {
      heading: "Route",
      text: `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`,
      facts: [
        ...served,
        ...phase1.clusters
          .slice(0, 4)
          .map(({ clusterId, score }) => ({ label: `Phase 1: ${clusterId}`, value: score.toFixed(3) })),
        ...candidates.slice(0, 3).map(({ displayName, intent: label, score, why }) => ({
          label: `Phase 2: ${displayName}`,
          value: `${intentName(label)} ${score.toFixed(3)}${why.length > 0 ? ` (${why.join(", ")})` : ""}`,
        })),
        { label: "Thresholds", value: `clarify below ${thresholds.clarify}, serve from ${thresholds.serve}` },
        { label: "Shortlist missed", value: phase1.shortlistMissed ? "yes" : "no" },
        { label: "Registry", value: registryVersion.slice(0, 12) },
      ],
    },
  ];
}

/** What somebody said about the route, and what became of that. */
export function correctionPart(correction: Correction, lesson: LearntLesson | undefined, nameOf: NameOf): LineagePart {
  const { answered, chosen, createdAt, decidedAt, decidedBy, personName, state, why } = correction;
  const place = (one: Intent | null, nobody: string): string =>
    one === null ? nobody : `${nameOf(one.agentId)}, ${intentName(one.intent)}`;
  const outcome = {
    open: `waits for whoever answers for ${nameOf(pupilOf(correction).agentId)}`,
    approved: `learnt as “${lesson?.utterance ?? ""}” with version ${lesson?.version ?? "?"}`,
    declined: `not learnt${why === null ? "" : `: ${why}`}`,
  };
  return {
    heading: "Correction",
    text: correction.kind === "choice" ? "The router asked, and this was chosen." : "The answer was contradicted.",
    facts: [
      { label: "Said by", value: personName },
      { label: "At", value: instant(createdAt) },
      { label: "Answered by", value: place(answered, "nobody") },
      { label: "Should be", value: place(chosen, "none of the fleet") },
      { label: "Became of it", value: outcome[state] },
      ...(decidedBy === null ? [] : [{ label: "Decided by", value: nameOf(decidedBy) }]),
      ...(decidedAt === null ? [] : [{ label: "Decided at", value: instant(decidedAt) }]),
    ],
  };
}

/** What was read on the way, and when. */
export function readPart({ reply }: TurnRecord, action: Action | undefined): LineagePart[] {
  const sources =
    reply.kind === "answer" ? reply.answers.flatMap(({ answer }) => answer.sources) : (action?.proposal.sources ?? []);
  if (sources.length === 0) return [];
  return [{ heading: "Read", text: "", facts: sources.map(({ tool, at }) => ({ label: tool, value: instant(at) })) }];
}

export function planPart({ plan, state, status }: Run): LineagePart {
  const steps = stepsOf({ plan, state });
  return {
    heading: "Plan",
    text: "",
    facts: [
      { label: "Plan", value: `${plan.plan}, version ${plan.version}, ${plan.pattern}` },
      { label: "State", value: status },
      ...steps.map((step) => ({
        label: `Step ${step.id}`,
        value: `${stepWords(state.steps[step.id])}${step.after.length === 0 ? "" : `, after ${step.after.join(", ")}`}`,
      })),
      {
        label: "Used",
        value: `${state.spent.toolCalls} tool calls, ${state.spent.turns} turns, ${state.spent.seconds.toFixed(1)} s`,
      },
      {
        label: "Checkpoints",
        value: state.checkpoints.map(({ superstep, seq }) => `${superstep} at event ${seq}`).join(", ") || "–",
      },
    ],
  };
}

export function actionPart({ proposal, tool, args, digest, stepId }: Action): LineagePart {
  return {
    heading: `Action of step ${stepId}`,
    text: proposal.summary,
    facts: [
      { label: "Tool", value: tool },
      { label: "Arguments", value: JSON.stringify(args) },
      { label: "Digest", value: digest },
    ],
  };
}

export function approvalPart(approval: Discussed, nameOf: NameOf): LineagePart {
  const { policyReason, policyId, policyVersion, status, decidedBy, decidedFor, reason, decidedAt, votes } = approval;
  const voter = ({ actorId, holderId }: Discussed["votes"][number]): string =>
    actorId === holderId ? nameOf(actorId) : `${nameOf(actorId)} for ${nameOf(holderId)}`;
  const by = decidedBy === null ? "–" : voter({ actorId: decidedBy, holderId: decidedFor ?? decidedBy, stage: 0 });
  return {
    heading: "Policy and approval",
    text: policyReason,
    facts: [
      { label: "Rule", value: `${policyId}, policies ${policyVersion}` },
      { label: "Outcome", value: approvalWords[status] },
      { label: "Decided by", value: by },
      ...(votes.length > 1 ? [{ label: "Agreed", value: votes.map(voter).join(", ") }] : []),
      { label: "Reason", value: reason ?? "–" },
      { label: "At", value: decidedAt === null ? "–" : instant(decidedAt) },
    ],
  };
}

export function effectPart(action: Action, nameOf: NameOf): LineagePart {
  const { failure, state, idempotencyKey, result, compensation, agentId, agentVersion } = action;
  const undo = compensation === null ? "–" : `${compensation.tool} ${JSON.stringify(compensation.args)}`;
  return {
    heading: "Effect",
    text: failure ?? "",
    facts: [
      { label: "State", value: state },
      { label: "By", value: `${nameOf(agentId)}, version ${agentVersion}` },
      { label: "Idempotency key", value: idempotencyKey },
      { label: "Result", value: result === null ? "–" : JSON.stringify(result) },
      { label: "To undo", value: undo },
    ],
  };
}

export function auditPart(rows: readonly AuditRow[], nameOf: NameOf): LineagePart {
  return {
    heading: "Audit",
    text: "Each line is chained to the one before it.",
    facts: rows.map(({ seq, at, kind, actor, hash }) => ({
      label: `#${seq} ${instant(at)}`,
      value: `${kind} · ${nameOf(actor)} · ${hash.slice(0, 12)}`,
    })),
  };
}
