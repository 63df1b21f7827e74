import { actionsOfRun } from "../action/store.ts";
import { approvalsOfRun } from "../approval/store.ts";
import { auditOfTurn } from "../audit/store.ts";
import { renderLineage } from "../card/lineage.ts";
import { mayDecideCorrection } from "../correction/decide-correction.ts";
import { correctionsOfTurns } from "../correction/store.ts";
import { mayDecide } from "../policy/may-decide.ts";
import { loadLesson } from "../registry/lessons/store.ts";
import { matterOf } from "../run/matter.ts";
import { runByCode, runOfTurn } from "../run/store.ts";
import { loadTurn, turnByCode } from "../turn/store.ts";
import { type CardResult, refused } from "./card-result.ts";
import type { BotPorts, Incoming } from "./incoming.ts";
import {
  actionPart,
  approvalPart,
  auditPart,
  correctionPart,
  effectPart,
  planPart,
  readPart,
  routePart,
  utterancePart,
} from "./lineage-parts.ts";

/** How an outcome came about: utterance, route, plan, policy, approval, effect, evidence (R12.2). */
export async function explain(
  ports: BotPorts,
  incoming: Incoming,
  which: { turnId: string } | { code: string },
): Promise<CardResult> {
  const { pool, tenantId } = ports;
  // A wish that was carried out anew is a run of its own, under a code of its own, of the same turn.
  const named = "code" in which ? await runByCode(pool, tenantId, which.code) : undefined;
  const turn =
    named === undefined && "code" in which
      ? await turnByCode(pool, tenantId, which.code)
      : await loadTurn(pool, tenantId, named?.turnId ?? ("turnId" in which ? which.turnId : ""));
  if (turn === undefined)
    return refused(404, "NotFound", "I know nothing under that code", "Type “my requests” to see your codes.");
  const run = named ?? (await runOfTurn(pool, tenantId, turn.turnId));
  const approvals = run === undefined ? [] : await approvalsOfRun(pool, tenantId, run.runId);
  // The words were routed with this turn, or with the one that it continues.
  const routed = [turn.turnId, ...(turn.parentTurnId === null ? [] : [turn.parentTurnId])];
  const corrections = await correctionsOfTurns(pool, tenantId, routed);
  const eligible =
    approvals.some(
      (approval) =>
        mayDecide(ports.policies, incoming.person, matterOf(approval, ports)).permitted ||
        approval.votes.some(({ actorId }) => actorId === incoming.personId),
    ) || corrections.some((one) => mayDecideCorrection(ports, incoming.person, one).permitted);
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
  const actions = run === undefined ? [] : await actionsOfRun(pool, tenantId, run.runId);
  const lessons = await Promise.all(corrections.map(({ groupId }) => loadLesson(pool, tenantId, groupId)));
  const parts = [
    utterancePart(turn),
    ...routePart(turn, nameOf),
    ...corrections.map((one, i) => correctionPart(one, lessons[i], nameOf)),
    ...readPart(turn, actions[0]),
    ...(run === undefined ? [] : [planPart(run)]),
    ...actions.flatMap((action) => [
      actionPart(action),
      ...approvals.filter(({ approvalId }) => approvalId === action.approvalId).map((one) => approvalPart(one, nameOf)),
      effectPart(action, nameOf),
    ]),
    auditPart(audit, nameOf),
  ];
  return { kind: "card", card: renderLineage(turn.code, parts), isNews: true };
}
