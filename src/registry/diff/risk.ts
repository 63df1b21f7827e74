import { isDeepStrictEqual } from "node:util";
import { AgentRecord } from "../agent-record.ts";
import { type Change, named, type Pair, type Side } from "./pair.ts";

const Budgets = AgentRecord.shape.budgets.unwrap();
type Intent = AgentRecord["intent_patterns"][number];

const levels = ["low", "medium", "high"];

/** What could go more wrong than before, or less, with one agent; of a new one, what could go wrong at all. Pure. */
export function riskOf(pair: Pair): Change[] {
  const { before, after } = pair;
  if (after === undefined) return [];
  const said = (intent: string | null) => (what: string, from: unknown, to: unknown, isRiskier: boolean) =>
    isDeepStrictEqual(from, to)
      ? []
      : [{ ...named(pair), intent, what, from: from ?? null, to: to ?? null, isRiskier }];
  return [...ofTheAgent(before?.record, after.record, said(null)), ...ofIntents(before, after, said)];
}

type Say = (what: string, from: unknown, to: unknown, isRiskier: boolean) => Change[];

function ofTheAgent(before: AgentRecord | undefined, after: AgentRecord, say: Say): Change[] {
  const acts = after.capability_mode === "action-capable";
  if (before === undefined) return acts ? say("capability_mode", null, after.capability_mode, true) : [];
  const grows = (field: "sla_response_ms" | "token_sla_per_session"): Change[] =>
    say(field, before[field], after[field], after[field] > before[field]);
  return [
    ...say("capability_mode", before.capability_mode, after.capability_mode, acts),
    ...grows("token_sla_per_session"),
    ...grows("sla_response_ms"),
    ...say("canary_share", before.canary_share, after.canary_share, after.canary_share === undefined),
    ...ofBudgets(before, after, say),
  ];
}

/** What is not given has its default: to write it down changes nothing. */
function ofBudgets(before: AgentRecord, after: AgentRecord, say: Say): Change[] {
  const old = new Map(Object.entries(Budgets.parse(before.budgets ?? {})));
  return Object.entries(Budgets.parse(after.budgets ?? {})).flatMap(([name, now]) => {
    const was = old.get(name);
    const isHigher = typeof now === "number" && typeof was === "number" && now > was;
    return say(`budgets.${name}`, was, now, isHigher);
  });
}

function ofIntents(before: Side | undefined, after: Side, said: (intent: string) => Say): Change[] {
  const old = new Map(before?.record.intent_patterns.map((one) => [one.intent_label, one]));
  return after.record.intent_patterns.flatMap((now) => {
    const was = old.get(now.intent_label);
    const say = said(now.intent_label);
    if (was === undefined) return now.risk === "low" ? [] : say("risk", null, now.risk, true);
    return [
      ...ofIntent(was, now, say),
      ...(was.plan === now.plan && !isDeepStrictEqual(before?.plans[was.plan], after.plans[now.plan])
        ? say("plan", `${was.plan} as it was`, `${now.plan} as it is now`, false)
        : []),
    ];
  });
}

function ofIntent(was: Intent, now: Intent, say: Say): Change[] {
  const { confidence_threshold: threshold, action_requires_confirmation: confirms = false } = now;
  const { confidence_threshold: formerly, action_requires_confirmation: confirmed = false } = was;
  return [
    ...say("risk", was.risk, now.risk, levels.indexOf(now.risk) > levels.indexOf(was.risk)),
    ...say("confidence_threshold", formerly, threshold, threshold < formerly),
    ...say("action_requires_confirmation", confirmed, confirms, confirmed),
    ...say("approver_role", was.approver_role, now.approver_role, now.approver_role === undefined),
    ...say("plan", was.plan, now.plan, false),
    ...say("escalation_agent_id", was.escalation_agent_id, now.escalation_agent_id, false),
  ];
}
