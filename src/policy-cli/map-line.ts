/** One line of the policy-to-action map (R11.2). */
export type MapLine = {
  rule: string;
  /** the file that it stands in, or the guard that has it built in */
  from: string;
  effect: string;
  reason: string;
  /** what it is about, where that is no step of a plan */
  does: string;
  /** what must hold for it to apply, as the rule says it */
  preconditions: string;
  tasks: { agent: string; plan: string; step: string; tool: string; compensation: string }[];
};
