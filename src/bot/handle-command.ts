import { renderWelcome } from "../card/notice.ts";
import { renderRun } from "../card/run.ts";
import { clusterNames } from "../card/shared.ts";
import { runByCode } from "../run/store.ts";
import { transaction } from "../store/pool.ts";
import { clearExpectation, turnByCode } from "../turn/store.ts";
import { type CardResult, refused } from "./card-result.ts";
import { carryOutDuty } from "./carry-out-duty.ts";
import { clusterByName } from "./cluster-wanted.ts";
import type { Command } from "./command.ts";
import { bindChannel } from "./conversations.ts";
import { wrongAgentByCode } from "./correct-agent.ts";
import { correctionsFor, decideCorrectionByCode } from "./corrections.ts";
import { decideByCode } from "./decide.ts";
import { dutiesOf } from "./duties.ts";
import { agentNamed, fleetAsTyped } from "./fleet.ts";
import { claimByCode, moveCurrentHandoff } from "./handoffs.ts";
import type { BotPorts, Incoming } from "./incoming.ts";
import { explain } from "./lineage.ts";
import { approverReport, requestsOf, waitingOn } from "./lists.ts";
import { handleMemory } from "./memory/handle-memory.ts";
import { listRuns, operateByCode, showRun, switchFleet } from "./operate.ts";
import { answerByCode, change, delegate, endDelegation } from "./questions.ts";
import { reliabilityFor } from "./reliability.ts";
import { reportAsTyped } from "./reports.ts";
import { listVersions, promote, rollBackAgent, tryVersion, undoByCode } from "./versions.ts";
import { viewOfRun } from "./view.ts";

/** What a typed command leads to; undefined where the text turns out to be no command here and is to be routed. */
export async function handleCommand(
  ports: BotPorts,
  incoming: Incoming,
  command: Command,
): Promise<CardResult | undefined> {
  if (await isMeantOtherwise(ports, command)) return undefined;
  switch (command.kind) {
    case "approve":
      return decideByCode(ports, incoming, command.code, { verb: "approve" });
    case "reject":
      return decideByCode(ports, incoming, command.code, { verb: "reject", reason: command.reason });
    case "ask":
      return decideByCode(ports, incoming, command.code, { verb: "ask", question: command.question });
    case "delegate-one":
      return decideByCode(ports, incoming, command.code, { verb: "delegate", to: command.to });
    case "answer":
      return answerByCode(ports, incoming, command.code, command.text);
    case "change":
      return change(ports, incoming, command);
    case "delegate":
      return delegate(ports, incoming, command);
    case "back":
      return endDelegation(ports, incoming);
    case "runs":
      return listRuns(ports, incoming);
    case "run":
      return showRun(ports, incoming, command.code);
    case "pause":
      return operateByCode(ports, incoming, command.code, { type: "pause", why: command.why });
    case "resume":
      return operateByCode(ports, incoming, command.code, { type: "resume" });
    case "cancel":
      return operateByCode(ports, incoming, command.code, { type: "cancel", why: command.why });
    case "rerun":
      return operateByCode(ports, incoming, command.code, { type: "rerun", from: command.from });
    case "stop-fleet":
      return switchFleet(ports, incoming, { stop: true, reason: command.reason });
    case "release-fleet":
      return switchFleet(ports, incoming, { stop: false, reason: "" });
    case "versions":
      return listVersions(ports, incoming, command.agent);
    case "roll-back":
      return rollBackAgent(ports, incoming, command);
    case "undo":
      return undoByCode(ports, incoming, command.code);
    case "canary":
      return tryVersion(ports, incoming, command);
    case "promote":
      return promote(ports, incoming, command.agent);
    case "approver-report":
      return approverReport(ports, incoming);
    case "reliability":
      return reliabilityFor(ports, incoming);
    case "report":
      return reportAsTyped(ports, incoming, command);
    case "fleet":
      return fleetAsTyped(ports, incoming, command.wanted);
    case "agent":
      return agentNamed(ports, incoming, command.agent);
    case "approvals":
      return waitingOn(ports, incoming, 0);
    case "requests":
      return requestsOf(ports, incoming, 0);
    case "corrections":
      return correctionsFor(ports, incoming, 0);
    case "reviews":
      return dutiesOf(ports, incoming, 0);
    case "duty":
      return carryOutDuty(ports, incoming, command);
    case "learn":
      return decideCorrectionByCode(ports, incoming, command.code, { verb: "approve", utterance: command.as });
    case "dismiss":
      return decideCorrectionByCode(ports, incoming, command.code, { verb: "decline", why: command.why });
    case "wrong-agent":
      return wrongAgentByCode(ports, incoming, command.code);
    case "why":
      return explain(ports, incoming, { code: command.code });
    case "status":
      return statusOf(ports, incoming, command.code);
    case "claim":
      return claimByCode(ports, incoming, command.code);
    case "resolve":
      return moveCurrentHandoff(ports, incoming, { verb: "resolve", note: command.note });
    case "hand-back":
      return moveCurrentHandoff(ports, incoming, { verb: "return" });
    case "bind-channel":
      return bind(ports, incoming, command.cluster);
    case "never-mind": {
      const { conversationId } = incoming.place;
      const dropped = await clearExpectation(ports.pool, ports.tenantId, conversationId, incoming.personId);
      return {
        kind: "said",
        text: dropped
          ? "All right, I have dropped it. Nothing was done."
          : "There is nothing open here that I could drop.",
      };
    }
    case "help":
      return { kind: "card", card: renderWelcome(incoming.person?.givenName ?? incoming.personName), isNews: true };
    case "memory":
      return handleMemory(ports, incoming, command.wish);
    case "person":
      return undefined;
  }
}

/** "change password policy …" looks like a command for the code PASSWORD: where no such code was given out, it is none. */
async function isMeantOtherwise(ports: BotPorts, command: Command): Promise<boolean> {
  const isLoose = [
    "ask",
    "answer",
    "change",
    "run",
    "pause",
    "resume",
    "cancel",
    "rerun",
    "delegate-one",
    "undo",
    "learn",
    "dismiss",
  ].includes(command.kind);
  if (!isLoose || !("code" in command)) return false;
  const [code = ""] = command.code.split("-");
  const known =
    (await turnByCode(ports.pool, ports.tenantId, code)) ?? (await runByCode(ports.pool, ports.tenantId, code));
  return known === undefined;
}

async function statusOf(ports: BotPorts, incoming: Incoming, code: string): Promise<CardResult> {
  const run = await runByCode(ports.pool, ports.tenantId, code);
  const view = run === undefined ? undefined : await viewOfRun(ports.pool, ports, run.runId);
  if (view === undefined)
    return refused(
      404,
      "NotFound",
      `Nothing was asked to be done under ${code}`,
      "Type “my requests” to see your codes.",
    );
  // Whoever may see how it came about may see where it stands.
  const may = await explain(ports, incoming, { code });
  return may.kind === "refused" ? may : { kind: "card", card: renderRun(view), isNews: true };
}

async function bind(ports: BotPorts, incoming: Incoming, name: string): Promise<CardResult> {
  const clusterId = clusterByName(name);
  if (incoming.place.kind !== "channel")
    return refused(400, "NotAChannel", "This is not a channel", "Say it in the channel that is to be used.");
  if (clusterId === undefined)
    return refused(
      400,
      "NoSuchCluster",
      `There is no cluster “${name}”`,
      `Clusters are: ${Object.values(clusterNames).join(", ")}.`,
    );
  const may = ports.policies.ask({
    principal: incoming.person,
    action: "bindChannel",
    resource: { type: "Turn", id: clusterId },
    context: { clusterId },
  });
  if (!may.permitted)
    return refused(
      403,
      "NotYours",
      "You cannot do this",
      "The platform team says which channel belongs to which cluster.",
    );
  await transaction(ports.pool, (tx) => bindChannel(tx, ports.tenantId, incoming.place.roomId, clusterId, "move"));
  return { kind: "said", text: `The people of ${clusterNames[clusterId] ?? clusterId} are called here from now on.` };
}
