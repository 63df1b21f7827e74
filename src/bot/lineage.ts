import { actionsOfRun } from "../action/store.ts";
import { approvalOfRun } from "../approval/store.ts";
import { auditOfTurn } from "../audit/store.ts";
import { renderLineage } from "../card/lineage.ts";
import { mayDecide } from "../policy/may-decide.ts";
import { matterOf } from "../run/resolve-approval.ts";
import { runOfTurn } from "../run/store.ts";
import { loadTurn, turnByCode } from "../turn/store.ts";
import { type CardResult, refused } from "./card-result.ts";
import type { BotPorts, Incoming } from "./incoming.ts";
import { approvalPart, auditPart, effectPart, planPart, readPart, routePart, utterancePart } from "./lineage-parts.ts";

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

  const audit = await auditOfTurn(pool, tenantId, turn.turnId);
  const nameOf = (id: string): string =>
    id === "signalbox" ? "Signalbox" : (ports.directory.byId(id)?.name ?? ports.agentName(id));
  const [action] = run === undefined ? [] : await actionsOfRun(pool, tenantId, run.runId);
  const parts = [
    utterancePart(turn),
    ...routePart(turn, nameOf),
    ...readPart(turn, action),
    ...(run === undefined || action === undefined ? [] : [planPart(run, action)]),
    ...(approval === undefined ? [] : [approvalPart(approval, nameOf)]),
    ...(action === undefined ? [] : [effectPart(action)]),
    auditPart(audit, nameOf),
  ];
  return { kind: "card", card: renderLineage(turn.code, parts), isNews: true };
}
