import { actionsOfRun } from "../action/store.ts";
import { approvalOfRun } from "../approval/store.ts";
import { auditOfTurn } from "../audit/store.ts";
import { type LineagePart, renderLineage } from "../card/lineage.ts";
import { intentName } from "../card/shared.ts";
import { mayDecide } from "../policy/may-decide.ts";
import { matterOf } from "../run/resolve-approval.ts";
import { approvalWords } from "../run/run.ts";
import { runOfTurn } from "../run/store.ts";
import { loadTurn, type TurnRecord, turnByCode } from "../turn/store.ts";
import { type CardResult, refused } from "./card-result.ts";
import type { BotPorts, Incoming } from "./incoming.ts";

/** How an outcome came about: utterance, route, plan, policy, approval, effect, evidence (R12.2). */
export async function explain(
  ports: BotPorts,
  incoming: Incoming,
  which: { turnId: string } | { code: string },
): Promise<CardResult> {
  const { pool, tenantId } = ports;
  const turn =
    "code" in which ? await turnByCode(pool, tenantId, which.code) : await loadTurn(pool, tenantId, which.turnId);
  if (turn === undefined)
    return refused(404, "NotFound", "I know nothing under that code", "Type “my requests” to see your codes.");
  const run = await runOfTurn(pool, tenantId, turn.turnId);
  const approval = run === undefined ? undefined : await approvalOfRun(pool, tenantId, run.runId);
  const eligible =
    approval !== undefined && mayDecide(ports.policies, incoming.person, matterOf(approval, ports)).permitted;
  const agent = turn.agentId === null ? undefined : ports.registry.byId.get(turn.agentId);
  const own = turn.personId === incoming.personId;
  const may = ports.policies.ask({
    principal: incoming.person,
    action: "readLineage",
    resource: { type: "Turn", id: turn.turnId },
    context: {
      requester: ports.directory.byId(turn.personId ?? undefined)?.upn ?? "",
      clusterId: agent?.cluster_id ?? "",
      eligible,
    },
  });
  // A stranger has no upn that policy could compare, but may see what they asked themselves.
  if (!may.permitted && !own)
    return refused(
      403,
      "NotYours",
      "This is not yours to see",
      "The one who asked, those who may decide, platform and security can see it.",
    );

  const parts = [utterancePart(turn), ...routePart(turn)];
  if (run !== undefined) {
    const [action] = await actionsOfRun(pool, tenantId, run.runId);
    parts.push({
      heading: "Plan",
      text: action?.proposal.summary ?? "",
      facts: [
        { label: "Plan", value: `${run.plan.plan}, version ${run.plan.version}` },
        { label: "Tool", value: action?.tool ?? "" },
        { label: "Arguments", value: JSON.stringify(action?.args ?? {}) },
        { label: "Digest", value: action?.digest ?? "" },
      ],
    });
    if (approval !== undefined)
      parts.push({
        heading: "Policy and approval",
        text: approval.policyReason,
        facts: [
          { label: "Rule", value: `${approval.policyId}, policies ${approval.policyVersion}` },
          { label: "Outcome", value: approvalWords[approval.status] },
          { label: "Decided by", value: nameOf(ports, approval.decidedBy) },
          { label: "Reason", value: approval.reason ?? "–" },
          { label: "At", value: approval.decidedAt?.toISOString() ?? "–" },
        ],
      });
    if (action !== undefined)
      parts.push({
        heading: "Effect",
        text: action.failure ?? "",
        facts: [
          { label: "State", value: action.state },
          { label: "Idempotency key", value: action.idempotencyKey },
          { label: "Result", value: action.result === null ? "–" : JSON.stringify(action.result) },
          {
            label: "To undo",
            value:
              action.compensation === null
                ? "–"
                : `${action.compensation.tool} ${JSON.stringify(action.compensation.args)}`,
          },
        ],
      });
  }
  const audit = await auditOfTurn(pool, tenantId, turn.turnId);
  parts.push({
    heading: "Audit",
    text: "Each line is chained to the one before it.",
    facts: audit.map((row) => ({
      label: `#${row.seq} ${row.at.toISOString().slice(0, 19)}Z`,
      value: `${row.kind} · ${nameOf(ports, row.actor)} · ${row.hash.slice(0, 12)}`,
    })),
  });
  return { kind: "card", card: renderLineage(turn.code, parts), isNews: true };

  function nameOf({ directory, agentName }: BotPorts, id: string | null): string {
    return id === null ? "–" : (directory.byId(id)?.name ?? agentName(id));
  }
}

function utterancePart(turn: TurnRecord): LineagePart {
  return {
    heading: "Utterance",
    text: turn.text,
    facts: [
      { label: "Said by", value: turn.personName },
      { label: "At", value: turn.createdAt.toISOString() },
      { label: "Outcome", value: turn.outcome },
      { label: "Took", value: `${turn.latencyMs} ms` },
    ],
  };
}

function routePart({ routing, agentId, agentVersion, intent }: TurnRecord): LineagePart[] {
  const served =
    agentId === null
      ? []
      : [{ label: "Agent", value: `${agentId}, version ${agentVersion ?? ""}, ${intentName(intent ?? "")}` }];
  if (routing === null)
    return served.length === 0 ? [] : [{ heading: "Route", text: "Chosen on a card, not routed.", facts: served }];
  return [
    {
      heading: "Route",
      text: routing.reason,
      facts: [
        ...served,
        ...routing.phase1.clusters
          .slice(0, 4)
          .map(({ clusterId, score }) => ({ label: `Phase 1: ${clusterId}`, value: score.toFixed(3) })),
        ...routing.candidates.slice(0, 3).map(({ displayName, intent: label, score, why }) => ({
          label: `Phase 2: ${displayName}`,
          value: `${intentName(label)} ${score.toFixed(3)}${why.length > 0 ? ` (${why.join(", ")})` : ""}`,
        })),
        {
          label: "Thresholds",
          value: `clarify below ${routing.thresholds.clarify}, serve from ${routing.thresholds.serve}`,
        },
        { label: "Shortlist missed", value: routing.phase1.shortlistMissed ? "yes" : "no" },
        { label: "Registry", value: routing.registryVersion.slice(0, 12) },
      ],
    },
  ];
}
