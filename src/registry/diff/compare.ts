import { isDeepStrictEqual } from "node:util";
import type { AgentRecord } from "../agent-record.ts";
import { type Change, type Named, named, type Pair, type Side } from "./pair.ts";
import { type Permissions, permissionsOf } from "./permissions.ts";
import { riskOf } from "./risk.ts";
import { type Routing, routingOf } from "./routing.ts";

/** What one state of the registry has that another has not, as whoever reviews a change asks for it. */
export type RegistryDiff = {
  agents: { added: AgentInBrief[]; removed: AgentInBrief[]; changed: (Named & { fields: string[] })[] };
  routing: Routing;
  permissions: Permissions;
  risk: Change[];
  /** of agents that both states have: owner, status, dates, texts */
  record: Change[];
};
type AgentInBrief = Named & Pick<AgentRecord, "cluster_id" | "capability_mode" | "owner_upn" | "status">;

/** Pure. Agents are the same by their ids, whatever they are called. */
export function compareRegistries(before: readonly Side[], after: readonly Side[]): RegistryDiff {
  const pairs = pairsOf(before, after);
  const both = pairs.filter((pair) => pair.before !== undefined && pair.after !== undefined);
  return {
    agents: {
      added: pairs.flatMap((pair) => (pair.before === undefined && pair.after ? brief(pair.after.record) : [])),
      removed: pairs.flatMap((pair) => (pair.after === undefined && pair.before ? brief(pair.before.record) : [])),
      changed: both.flatMap((pair) => {
        const fields = fieldsChanged(pair);
        return fields.length === 0 ? [] : { ...named(pair), fields };
      }),
    },
    routing: routingOf(before, after),
    permissions: permissionsOf(pairs),
    risk: pairs.flatMap(riskOf),
    record: both.flatMap(recordChanges),
  };
}

export function isEmpty({ agents }: RegistryDiff): boolean {
  return agents.added.length + agents.removed.length + agents.changed.length === 0;
}

function pairsOf(before: readonly Side[], after: readonly Side[]): Pair[] {
  const old = new Map(before.map((one) => [one.record.agent_id, one]));
  const now = new Map(after.map((one) => [one.record.agent_id, one]));
  const ids = [...now.keys(), ...[...old.keys()].filter((id) => !now.has(id))];
  return ids.map((agentId) => ({ agentId, before: old.get(agentId), after: now.get(agentId) }));
}

function brief({ agent_id, display_name, cluster_id, capability_mode, owner_upn, status }: AgentRecord): AgentInBrief {
  return { agentId: agent_id, name: display_name, cluster_id, capability_mode, owner_upn, status };
}

/** "plans" stands for what is not in the record: the plans that it names. */
function fieldsChanged({ before, after }: Pair): string[] {
  const fields = differing(before?.record, after?.record);
  return isDeepStrictEqual(before?.plans, after?.plans) ? fields : [...fields, "plans"];
}

function differing(before: object = {}, after: object = {}): string[] {
  const [old, now] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
  return [...new Set([...old.keys(), ...now.keys()])].filter(
    (field) => field !== "$schema" && !isDeepStrictEqual(old.get(field), now.get(field)),
  );
}

/** What other parts of the comparison tell is not told twice. */
const toldElsewhere = new Set([
  ...["intent_patterns", "counter_examples", "tools", "data_scopes", "service_principal_id"],
  ...["capability_mode", "budgets", "sla_response_ms", "token_sla_per_session", "canary_share"],
]);

function recordChanges(pair: Pair): Change[] {
  const [old, now] = [pair.before?.record, pair.after?.record].map((record) => new Map(Object.entries(record ?? {})));
  return differing(pair.before?.record, pair.after?.record)
    .filter((field) => !toldElsewhere.has(field))
    .map((field) => ({
      ...named(pair),
      ...{ intent: null, what: field, from: old?.get(field) ?? null, to: now?.get(field) ?? null, isRiskier: false },
    }));
}
