import type { MapLine } from "./map-line.ts";

/** Rules that no file of policies can open: each is a guard of the chain (src/policy/guards). */
export const builtInRules: readonly Omit<MapLine, "tasks">[] = [
  {
    ...{ rule: "tool-allow-list", from: "guard allow-list", effect: "forbid", does: "every step" },
    reason: "The agent's record does not list the tool.",
    preconditions: "the tool is not in `tools` of the agent's version",
  },
  {
    ...{ rule: "data-scope", from: "guard classification", effect: "forbid", does: "every step" },
    reason: "The agent was not approved for that data.",
    preconditions:
      "no scope of the agent in the tool's system is of the class of the tool's data (manifest/tools.json)",
  },
  {
    ...{ rule: "data-clearance", from: "guard classification", effect: "forbid", does: "every step" },
    reason: "You are not cleared for that data of others.",
    preconditions: "the data is more closely held than the person's clearance, and neither theirs nor their report's",
  },
  {
    ...{ rule: "undo-declared", from: "guard risk", effect: "forbid", does: "every step" },
    reason: "The tool does not say how it is undone.",
    preconditions: "a write without a reversal",
  },
  {
    ...{ rule: "run-budget", from: "guard budget", effect: "forbid", does: "every step" },
    reason: "The next step would go over its budget.",
    preconditions: "turns, tool calls, time, tokens or money of the run are used up",
  },
  {
    ...{ rule: "untrusted-arguments", from: "guard taint", effect: "asks", does: "every step" },
    reason:
      "Arguments derive from content that nobody vouches for: somebody other than the requester looks at it first.",
    preconditions: "a write with such an argument",
  },
  {
    ...{ rule: "untrusted-egress", from: "guard taint", effect: "forbid", does: "every look-up" },
    reason: "Arguments derive from content that nobody vouches for, and the system is not the company's own.",
    preconditions: "a read with such an argument at a system that the inventory does not call inside",
  },
];

/** What the actions of the schema are, that are not about steps of plans; how each is taken back. */
export const actionTasks: Readonly<Record<string, string>> = {
  use: "every step",
  attempt: "every step",
  step: "every step with one of the tools",
  decide: "approving or rejecting a question; until its effect begins the run can be cancelled, afterwards undone",
  standIn: "deciding in somebody's place; their delegation can be ended",
  decideInBatch: "approving several questions at one click; each as above",
  readLineage: "seeing how an outcome came about; it only reads",
  serveHandoff: "taking a conversation over; it can be handed back",
  bindChannel: "binding a channel to a cluster; it can be bound to another",
  cancelRun: "ending a run, or proposing to take its effects back; it can be begun again with a step",
  operateRun: "pausing, resuming, raising and beginning a run again; it can be ended",
  operateFleet: "stopping and releasing all actions, moving versions; each has its opposite",
  readReport: "getting and reading reports about the fleet; it only reads",
  reviewTools: "releasing tools that have changed, or keeping them out; either can be decided again",
  judgeMemory: "releasing or deleting what looks like poison in memory; what is deleted can be remembered anew",
  teach: "deciding what an agent learns; rolling it back takes the lesson out of service",
  answerFor: "answering reviews and alerts of an agent; its status can be changed again",
  nameOwner: "naming who answers for an agent; somebody else can be named",
};
