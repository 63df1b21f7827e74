import { type Classification, highest, isWithin } from "../../identity/classification.ts";
import type { Principal } from "../cedar.ts";
import type { Finding, Guard, Judged } from "./guard.ts";

/** A stranger sees what any visitor may. */
const STRANGER: Classification = "internal";

/** The data must be within what the agent was approved for, and within what the person is cleared for or their own. */
export const classification: Guard = (judged) => {
  const { step } = judged;
  const agent = agentScope(judged);
  if (agent !== undefined) return agent;
  const policyId = "data-clearance";
  const clearance = judged.principal?.clearance ?? STRANGER;
  if (isWithin(step.classification, clearance))
    return { is: "passed", policyId, reason: `The data is ${step.classification}, and the person is cleared for it.` };
  if (isOwn(judged.principal, step)) return { is: "passed", policyId, reason: "It is their own, or their report's." };
  const reason = `That data is ${step.classification}, and you are cleared for ${clearance} data of others. Ask whoever answers for it.`;
  return { is: "refused", policyId, reason };
};

function agentScope({ actor, step: { tool, classification: data } }: Judged): Finding | undefined {
  const system = tool.slice(0, tool.indexOf("."));
  const scopes = actor.scopes.filter(({ scope }) => scope.startsWith(`${system}.`));
  const approved = highest(scopes.map((one) => one.classification));
  if (scopes.length > 0 && isWithin(data, approved)) return undefined;
  const has = scopes.length === 0 ? "no data" : `data up to ${approved}`;
  return {
    is: "refused",
    policyId: "data-scope",
    reason: `The agent was approved for ${has} of ${system}, and ${tool} gives ${data} data.`,
  };
}

function isOwn(principal: Principal, { subject, subjectManager }: Judged["step"]): boolean {
  return principal !== undefined && subject !== "" && [subject, subjectManager].includes(principal.upn);
}
