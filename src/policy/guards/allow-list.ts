import type { Guard } from "./guard.ts";

/** The tools of the agent's version come first: no policy can open what the record does not list. */
export const allowList: Guard = ({ actor, step: { tool } }) => {
  const policyId = "tool-allow-list";
  return actor.tools.includes(tool)
    ? { is: "passed", policyId, reason: `The agent's record lists ${tool}.` }
    : { is: "refused", policyId, reason: `The agent's record does not list the tool ${tool}.` };
};
