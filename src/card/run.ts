import { z } from "zod";
import type { Action } from "../action/action.ts";
import { fill } from "../action/values.ts";
import { type RunStatus, type StepState, stepsOf } from "../run/run.ts";
import { deciderOf, isRouted, nameOfStep, type RunView, subjectOf } from "./run-view.ts";
import { clusterNames, Fact, localTime, Style } from "./shared.ts";
import { type Card, cardTemplate, fitting } from "./template.ts";
import { brief, cut, plain } from "./text.ts";

const RunCard = z.strictObject({
  speak: z.string(),
  style: Style,
  banner: z.string(),
  summary: z.string(),
  facts: z.array(Fact),
  steps: z.array(z.strictObject({ number: z.string(), what: z.string(), state: z.string() })),
  next: z.string(),
  canCancel: z.boolean(),
  canCorrect: z.boolean(),
  runId: z.uuid(),
  turnId: z.uuid(),
});
const expand = cardTemplate("run", RunCard);

const OPEN: readonly RunStatus[] = ["waiting", "cleared", "acting", "paused", "needs-check"];

/** The requester's card: where the request stands, and what can be done instead when it did not happen (R6.6). */
export function renderRun(view: RunView): Card {
  return fitting(
    () => render(view, { length: 300, rows: 100 }),
    () => render(view, { length: 60, rows: 50 }),
    () => render(view, { length: 60, rows: 15 }),
  );
}

type Room = { length: number; rows: number };

/** The first rows, and how many more there are. */
function firstOf<T>(all: readonly T[], rows: number, more: (text: string) => T): T[] {
  return all.length <= rows ? [...all] : [...all.slice(0, rows), more(`and ${all.length - rows} more`)];
}

function render(view: RunView, { length, rows }: Room): Card {
  const { run } = view;
  const { style, banner, next } = stateOf(view);
  const summary = subjectOf(view);
  const pending = view.approvals.find(({ status }) => status === "pending");
  const target = view.actions[0]?.proposal.target;
  return expand({
    speak: plain(cut(`${banner}. ${summary}`, 300)),
    style,
    banner: plain(cut(banner, 700)),
    summary: plain(cut(summary, length)),
    facts: [
      ...(target === undefined ? [] : [{ label: "Target", value: plain(cut(target, length)) }]),
      { label: "Agent", value: `${brief(view.agentName(run.agentId))}, version ${brief(run.agentVersion)}` },
      ...(pending === undefined ? [] : [{ label: "Until", value: localTime(pending.expiresAt) }]),
      { label: "Code", value: run.code },
    ],
    steps: firstOf(
      stepLines(view).map(({ what, state }, i) => ({
        number: String(i + 1),
        what: plain(cut(what, length)),
        state: plain(cut(state, length)),
      })),
      rows,
      (text) => ({ number: "…", what: text, state: "" }),
    ),
    next: plain(cut(next, 500)),
    canCancel: OPEN.includes(run.status) && run.status !== "acting" && run.state.closing === null,
    canCorrect: run.status === "waiting" && isRouted(run),
    runId: run.runId,
    turnId: run.turnId,
  });
}

/** What each step is and how it stands; nothing where a plan has one step only: the card says it all. */
function stepLines(view: RunView): { what: string; state: string }[] {
  const steps = stepsOf(view.run);
  if (steps.length === 1) return [];
  return steps.map((step) => {
    const action = view.actions.find(({ stepId }) => stepId === step.id);
    return { what: action?.proposal.summary ?? nameOfStep(step), state: stepWords(view.run.state.steps[step.id]) };
  });
}

export function stepWords(step: StepState | undefined): string {
  switch (step?.is) {
    case "asking":
      return "waiting for people";
    case "cleared":
      return "may start";
    case "acting":
      return "being done";
    case "done":
      return "done";
    case "undone":
      return "done, and taken back";
    case "unknown":
      return "needs a human check";
    case "failed":
      return `failed: ${step.why}`;
    case "rejected":
      return `rejected: ${step.why}`;
    case "expired":
      return "expired";
    case "skipped":
      return `not done: ${step.why}`;
    default:
      return "later";
  }
}

function stateOf(view: RunView): { style: Style; banner: string; next: string } {
  const { run, approvals, actions, nameOf } = view;
  const action = actions.findLast(({ state }) => state === "failed" || state === "void") ?? actions[0];
  const decided = approvals.findLast(({ status }) => status !== "pending");
  const who = decided === undefined ? "somebody" : deciderOf({ approval: decided, nameOf });
  const otherwise = action?.proposal.otherwise ?? "";
  const undo = action?.proposal.undo ?? "";
  switch (run.status) {
    case "waiting": {
      const pending = approvals.find(({ status }) => status === "pending");
      const next = pending?.policyReason ?? "";
      if (pending?.kind === "confirmation") return { style: "warning", banner: "Waiting for your confirmation", next };
      const cluster = clusterNames[pending?.clusterId ?? ""] ?? "";
      const whom =
        pending?.stages[pending.stage]?.who === "lead" ? `the lead of ${cluster}` : `an approver of ${cluster}`;
      return { style: "warning", banner: `Waiting for ${whom}`, next };
    }
    case "cleared":
    case "acting":
      return {
        style: "accent",
        banner: decided?.status === "approved" ? `Approved by ${who}, being carried out` : "Being carried out",
        next: "",
      };
    case "paused":
      return {
        style: "warning",
        banner: `Paused: ${run.state.hold?.text ?? ""}`,
        next: "It goes on when it is released.",
      };
    case "completed":
      return {
        style: "good",
        banner: decided?.status === "approved" ? `Approved by ${who}, and done` : "Done",
        next: undo,
      };
    case "partly-done":
      return {
        style: "attention",
        banner: "Partly done",
        next: `What was done stands; “undo ${run.code}” proposes to take it back. ${otherwise}`,
      };
    case "undone":
      return { style: "default", banner: "Done, and taken back since", next: "" };
    case "rejected":
      return {
        style: "attention",
        banner: `Rejected by ${who}: ${decided?.reason ?? ""}`,
        next: `Nothing was done, and I will not ask again for this. ${otherwise}`,
      };
    case "expired":
      return { style: "default", banner: "Expired: nobody decided in time", next: `Nothing was done. ${otherwise}` };
    case "cancelled":
      return { style: "default", banner: "Cancelled", next: "Nothing was done." };
    case "failed":
      return { style: "attention", banner: failedBanner(view), next: `Nothing was changed. ${otherwise}` };
    case "needs-check":
      return {
        style: "attention",
        banner: "Nobody can say yet whether it happened",
        next: "A person has to look into the system before anything is tried again.",
      };
  }
}

/** Why a run failed: the first of its steps that did. */
function failureOf({ run }: Pick<RunView, "run">): string {
  const failed = Object.values(run.state.steps).find((step) => step.is === "failed");
  return failed?.is === "failed" ? failed.why : "the system refused it.";
}

/** A run whose question became void, and was not asked again, did not fail at anything: nothing of it was tried. */
function failedBanner({ run, approvals }: RunView): string {
  const last = approvals.at(-1);
  return last?.status === "void" && last.reason !== null ? `Void: ${last.reason}` : `It failed: ${failureOf({ run })}`;
}

const ReceiptCard = z.strictObject({
  speak: z.string(),
  style: Style,
  banner: z.string(),
  text: z.string(),
  lines: z.array(z.strictObject({ what: z.string(), result: z.string() })),
  facts: z.array(Fact),
  turnId: z.uuid(),
});
const expandReceipt = cardTemplate("receipt", ReceiptCard);

const receiptBanners: Partial<Record<RunStatus, string>> = {
  completed: "Executed",
  "partly-done": "Partly executed",
  failed: "Not executed",
  cancelled: "Cancelled",
  undone: "Rolled back",
  "needs-check": "Needs a human check",
};

/** The receipt after the effects: executed, partly, failed, rolled back or unknown, with the way to its lineage. */
export function renderReceipt(view: RunView): Card {
  return fitting(
    () => receipt(view, { length: 700, rows: 100 }),
    () => receipt(view, { length: 100, rows: 40 }),
    () => receipt(view, { length: 60, rows: 15 }),
  );
}

function receipt(view: RunView, { length, rows }: Room): Card {
  const { run, actions } = view;
  const done = run.status === "completed";
  const steps = stepsOf(run);
  const lines = steps.length === 1 && steps[0]?.kind === "write" ? [] : resultsOf(view);
  const [action] = actions;
  const text = lines.length > 0 ? subjectOf(view) : action === undefined ? subjectOf(view) : resultOf(action, view);
  const banner = receiptBanners[run.status] ?? run.status;
  const deciders = view.approvals.filter(({ status }) => status === "approved");
  return expandReceipt({
    speak: plain(cut(`${banner}: ${text}`, 300)),
    style: done ? "good" : run.status === "undone" ? "default" : "attention",
    banner,
    text: plain(cut(text, length)),
    lines: firstOf(
      lines.map(({ what, result }) => ({ what: plain(cut(what, length)), result: plain(cut(result, length)) })),
      rows,
      (text) => ({ what: text, result: "" }),
    ),
    facts: [
      { label: "Request", value: plain(cut(subjectOf(view), 300)) },
      { label: "Asked by", value: brief(view.nameOf(run.requesterId)) },
      ...deciders.slice(0, 5).map((approval) => ({
        label: "Decided by",
        value: brief(deciderOf({ approval, nameOf: view.nameOf })),
      })),
      { label: "Agent", value: `${brief(view.agentName(run.agentId))}, version ${brief(run.agentVersion)}` },
      ...(done && action !== undefined ? [{ label: "How to undo", value: plain(cut(action.proposal.undo, 300)) }] : []),
      { label: "Code", value: run.code },
    ],
    turnId: run.turnId,
  });
}

function resultOf(action: Action, { run }: RunView): string {
  // What it said when it was done ("open now: …") is no longer so.
  if (action.state === "undone") return `Taken back: ${action.proposal.summary}`;
  if (action.state !== "done") return action.failure ?? failureOf({ run });
  const scope = {
    slots: {},
    steps: {},
    computed: {},
    requester: { upn: "", name: "" },
    today: "",
    result: action.result,
  };
  return fill(action.proposal.done, scope);
}

function resultsOf(view: RunView): { what: string; result: string }[] {
  return stepsOf(view.run).flatMap((step) => {
    const now = view.run.state.steps[step.id];
    if (step.kind === "discuss" && now?.is === "done") return discussion(now.output, view);
    const action = view.actions.find(({ stepId }) => stepId === step.id);
    const what = action?.proposal.summary ?? nameOfStep(step);
    const result =
      action !== undefined && (now?.is === "done" || now?.is === "undone") ? resultOf(action, view) : stepWords(now);
    return [{ what, result }];
  });
}

function discussion(output: Record<string, unknown>, view: RunView): { what: string; result: string }[] {
  const { said = [], endedBy = "" } = output as { said?: { agentId: string; text: string }[]; endedBy?: string };
  return [
    ...said.map(({ agentId, text }) => ({ what: view.agentName(agentId), result: text })),
    { what: "Ended by", result: endedBy },
  ];
}
