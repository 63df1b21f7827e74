import { z } from "zod";
import { stepsOf } from "../run/run.ts";
import { type RunView, subjectOf } from "./run-view.ts";
import { Fact, Style } from "./shared.ts";
import { type Card, cardTemplate } from "./template.ts";
import { brief, cut, plain } from "./text.ts";

const OperateCard = z.strictObject({
  speak: z.string(),
  style: Style,
  banner: z.string(),
  summary: z.string(),
  text: z.string(),
  facts: z.array(Fact),
  actions: z.array(z.strictObject({ title: z.string(), verb: z.string(), happened: z.string(), stepId: z.string() })),
  runId: z.uuid(),
  turnId: z.uuid(),
});
const expand = cardTemplate("operate", OperateCard);

/** The card of whoever answers for the agent: a run has used up its budget, or an effect needs a human check. */
export function renderOperate(view: RunView): Card {
  const { run } = view;
  const { style, banner, text, actions } = stateOf(view);
  const { spent, budgets } = run.state;
  return expand({
    speak: plain(cut(`${banner}. ${subjectOf(view)}`, 300)),
    style,
    banner,
    summary: plain(cut(subjectOf(view), 300)),
    text: plain(cut(text, 700)),
    facts: [
      { label: "Agent", value: `${brief(view.agentName(run.agentId))}, version ${brief(run.agentVersion)}` },
      { label: "Asked by", value: brief(view.nameOf(run.requesterId)) },
      {
        label: "Used",
        value: `${spent.toolCalls} of ${budgets.maxToolCalls} tool calls, ${spent.turns} of ${budgets.maxTurns} turns`,
      },
      { label: "Code", value: run.code },
    ],
    actions,
    runId: run.runId,
    turnId: run.turnId,
  });
}

type Button = z.infer<typeof OperateCard>["actions"][number];
const button = (title: string, verb: string, stepId = "", happened = ""): Button => ({ title, verb, stepId, happened });

function stateOf(view: RunView): { style: Style; banner: string; text: string; actions: Button[] } {
  const { run, actions } = view;
  const unknown = stepsOf(run).find(({ id }) => run.state.steps[id]?.is === "unknown");
  if (unknown !== undefined) {
    const action = actions.find(({ stepId }) => stepId === unknown.id);
    return {
      style: "attention",
      banner: "Needs a human check",
      text: `${action?.proposal.summary ?? unknown.id}. ${action?.failure ?? ""} Look into the system and say whether it happened: nothing is tried again before that.`,
      actions: [
        button("It happened", "run.check", unknown.id, "yes"),
        button("It did not happen", "run.check", unknown.id, "no"),
      ],
    };
  }
  if (run.status === "paused" && run.state.hold?.why === "budget")
    return {
      style: "warning",
      banner: "A run has used up its budget",
      text: `${run.state.hold.text} Raise it, finish with what is there, or stop the run.`,
      actions: [
        button("Raise the budget", "run.raise"),
        button("Finish with what is there", "run.wrap-up"),
        button("Stop it", "run.cancel"),
      ],
    };
  return { style: "default", banner: "Settled", text: `The run is ${run.status.replaceAll("-", " ")}.`, actions: [] };
}
