import type { Action } from "../action/action.ts";
import type { Discussed } from "../approval/store.ts";
import type { PlanStep } from "../run/plan.ts";
import { type Run, stepsOf } from "../run/run.ts";

/** Everything that cards about a run show, with the means to name people and agents. */
export type RunView = {
  run: Run;
  /** the latest action of each step that writes */
  actions: Action[];
  /** in the order in which they were asked */
  approvals: Discussed[];
  nameOf(personId: string): string;
  agentName(agentId: string): string;
  /** those whom a question can be passed on to */
  colleagues: readonly { id: string; name: string }[];
};

/** The same for one question. */
export type ApprovalView = RunView & { approval: Discussed };

/** The actions that an approval covers: one, or all of a plan that is passed as a whole; in the order of the plan. */
export function actionsUnder({ actions, approval, run }: ApprovalView): Action[] {
  const order = new Map(stepsOf(run).map(({ id }, i) => [id, i]));
  return actions
    .filter(({ approvalId, actionId }) => approvalId === approval.approvalId || actionId === approval.actionId)
    .sort((a, b) => (order.get(a.stepId) ?? 0) - (order.get(b.stepId) ?? 0));
}

/** Was its agent chosen by the router? Taking something back is an operator's own command. */
export function isRouted({ plan }: Run): boolean {
  return !plan.plan.startsWith("operations/");
}

/** What a run is about, in one line: its first write, or what is discussed. */
export function subjectOf({ run, actions }: Pick<RunView, "run" | "actions">): string {
  const steps = stepsOf(run);
  const [first] = steps;
  const action = actions.find(({ stepId }) => stepId === steps.find(({ kind }) => kind === "write")?.id) ?? actions[0];
  if (action !== undefined) return action.proposal.summary;
  return first === undefined ? run.code : nameOfStep(first);
}

/** A step in words, before anything is known of it. */
export function nameOfStep(step: PlanStep): string {
  switch (step.kind) {
    case "write":
    case "read": {
      // "erp.extend_due_date" → "Extend due date"
      const words = step.tool.slice(step.tool.indexOf(".") + 1).replaceAll("_", " ");
      return words.charAt(0).toUpperCase() + words.slice(1);
    }
    case "hand-over":
      return step.text;
    case "discuss":
      return step.question;
  }
}

/** Who decided, with whose say: "Priya Nair for Jonas Weber"; everybody whose say was needed for an approval. */
export function deciderOf({ approval, nameOf }: Pick<ApprovalView, "approval" | "nameOf">): string {
  const { decidedBy, decidedFor, status, votes } = approval;
  if (decidedBy === null) return "somebody";
  const said = ({ actorId, holderId }: { actorId: string; holderId: string }): string =>
    actorId === holderId ? nameOf(actorId) : `${nameOf(actorId)} for ${nameOf(holderId)}`;
  if (status === "rejected" || votes.length === 0)
    return said({ actorId: decidedBy, holderId: decidedFor ?? decidedBy });
  return new Intl.ListFormat("en", { type: "conjunction" }).format(votes.map(said));
}
