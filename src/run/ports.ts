import type { Announce } from "../action/announce.ts";
import type { Connectors } from "../connector/client.ts";
import type { Engine } from "../engine/engine.ts";
import type { Directory } from "../identity/directory.ts";
import type { Policies } from "../policy/cedar.ts";
import type { Actor } from "../policy/step.ts";
import type { Pool, Queryable } from "../store/pool.ts";
import type { Log } from "../telemetry/log.ts";
import type { Origin } from "../trust/label.ts";
import type { Plan, PlanStep } from "./plan.ts";

/** An agent at one of its versions, as far as a run goes. */
export type RunAgent = {
  actor: Actor;
  name: string;
  /** upn of who answers for it */
  owner: string;
  /** may it act at this moment? A suspended agent's approved actions do not start. */
  mayAct: boolean;
};

/** What an agent is asked by a run: to say something, or to plan what is handed over to it. */
export type Consultation = {
  agentId: string;
  intent: string;
  text: string;
  known: Record<string, unknown>;
  /** where the text and what is known come from; absent: from the requester */
  origins?: Origin[] | undefined;
  requesterId: string;
  /** the run that asks, and its turn: what policy denies is kept with them */
  runId: string;
  turnId: string;
};

/** What an agent says when it is consulted; `tokens` and `costCents` are 0 where no model was used. */
export type Said = { text: string; tokens: number; costCents: number };

/** What the stories of a run need from the outside. */
export type RunPorts = {
  tenantId: string;
  pool: Pool;
  engine: Pick<Engine, "enqueue">;
  connectors: Connectors;
  /** the policies in force, as far as this process has heard */
  policies: Policies;
  /** those that are in force in this transaction: what decides for good asks these */
  policiesInForce(db: Queryable): Promise<Policies>;
  directory: Directory;
  announce: Announce;
  /** the version of an agent that serves at this moment */
  servingVersion(agentId: string): string;
  agentAt(agentId: string, agentVersion: string): Promise<RunAgent | undefined>;
  /** @returns the agent's word; undefined where it has nothing to say */
  consult(wish: Consultation): Promise<Said | undefined>;
  /** @returns the steps that the other agent would take, with who takes them; or why it will not */
  planFor(wish: Consultation & { prefix: string }): Promise<{ name: string; steps: PlanStep[] } | { refused: string }>;
  /** The plan of a run made again with other slots, by the version with which it began. */
  replan(run: ReplanWish): Promise<Plan | { refused: string }>;
  approvalHours: number;
  log: Log;
};

export type ReplanWish = {
  agentId: string;
  agentVersion: string;
  plan: Plan;
  requesterId: string;
  runId: string;
  turnId: string;
  /** slot → what somebody typed for it */
  changes: Record<string, string>;
};

/** One superstep of one run. */
export type Which = { runId: string; superstep: number };

/** Names of the durable workflows of a run; the names are kept in the database and never change their meaning. */
export const workflowNames = {
  superstep: "superstep",
  approvalTimer: "approval-timer",
  releaseHeld: "release-held",
  markUndone: "mark-undone",
  operatorWish: "operator-wish",
  /** runs that began before plans were graphs */
  advance: "advance-run",
  expire: "expire-approval",
} as const;
