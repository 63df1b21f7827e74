import type { Answer } from "../agent/reply.ts";
import { type Assignment, type Coordinated, coordinate, type Watcher } from "../cluster/coordinate.ts";
import { ConnectorError } from "../connector/client.ts";
import type { RoutingDecision } from "../routing/router.ts";
import { assign } from "./assign.ts";
import type { TurnPorts } from "./ports.ts";
import type { AgentLabel, Turn, TurnInput, TurnReply } from "./turn.ts";

/**
 * The story of one turn: continue what was begun, or route; then serve, ask, or call a person. It reads and computes; nothing
 * is written and nothing is sent here.
 */
export async function takeTurn(ports: TurnPorts, input: TurnInput, progress: Progress = () => {}): Promise<Turn> {
  const begun = performance.now();
  const denied: Turn["denied"][number][] = [];
  const { reply, routing } = await storyOf({ ...ports, progress, deny: (one) => void denied.push(one) }, input);
  return { input, reply, routing, denied, latencyMs: Math.round(performance.now() - begun) };
}

/** What is there of an answer while other agents are still asked. */
export type Progress = (soFar: Extract<TurnReply, { kind: "answer" }>, stillAsked: AgentLabel[]) => void;

type StoryPorts = TurnPorts & { progress: Progress; deny(denied: Turn["denied"][number]): void };
type Told = { reply: TurnReply; routing?: RoutingDecision | undefined };

async function storyOf(ports: StoryPorts, input: TurnInput): Promise<Told> {
  const { resume, conversationId } = input;
  switch (resume.kind) {
    case "person": {
      const { clusterId } = resume;
      if (clusterId === undefined) return { reply: { kind: "choose-cluster" } };
      return { reply: { kind: "handoff", clusterId, reason: "You asked for a person.", candidates: [] } };
    }
    case "choice":
      return { reply: await serve(ports, input, [assign(ports, { ...resume, conversationId })], "you chose it") };
    case "detail": {
      const changedMind = await ports.router.route(input.text);
      // Somebody who is asked for an invoice and asks for something else instead has changed their mind.
      if (changedMind.outcome === "serve" && changedMind.chosen?.intent !== resume.awaits.intent && !fits(ports, input))
        return routed(ports, input, changedMind);
      const { agentId, intent } = resume.awaits;
      return {
        reply: await serve(
          ports,
          input,
          [assign(ports, { agentId, intent, conversationId })],
          "you gave the detail it asked for",
        ),
      };
    }
    case "nothing":
      return routed(ports, input, await ports.router.route(input.text));
  }
}

async function routed(ports: StoryPorts, input: TurnInput, routing: RoutingDecision): Promise<Told> {
  switch (routing.outcome) {
    case "clarify":
      return { routing, reply: { kind: "clarify", candidates: routing.candidates } };
    case "handoff": {
      const { clusterId, candidates, reason } = routing;
      if (clusterId === undefined) return { routing, reply: { kind: "clarify", candidates } };
      return { routing, reply: { kind: "handoff", clusterId, reason, candidates } };
    }
    case "serve": {
      const { conversationId } = input;
      const assignments = routing.phase2.fanOut.map(({ agentId, intent }) =>
        assign(ports, { agentId, intent, conversationId }),
      );
      return { routing, reply: await serve(ports, input, assignments, routing.reason) };
    }
  }
}

async function serve(
  ports: StoryPorts,
  input: TurnInput,
  assignments: (Assignment | undefined)[],
  why: string,
): Promise<TurnReply> {
  const able = assignments.filter((one) => one !== undefined);
  if (able.length === 0)
    return { kind: "refused", agent: undefined, told: "That agent is not in service any more. Please ask again." };
  const awaits = input.resume.kind === "detail" ? input.resume.awaits : undefined;
  const { rows } = await ports.pool.query<{ today: string }>("select current_date::text as today");
  const request = {
    text: input.text,
    requester: input.person,
    today: rows[0]?.today ?? "",
    known: awaits?.known ?? {},
    asked: awaits?.slot,
    remembered: awaits?.remembered ?? [],
  };
  const soFar: { agent: AgentLabel; answer: Answer }[] = [];
  const watcher: Watcher = {
    heard(by, answer, stillAsked) {
      const agent = labelOf(by);
      soFar.push({ agent, answer });
      ports.progress({ kind: "answer", agent, answers: [...soFar], why }, stillAsked.map(labelOf));
    },
    denied: (by, denied) => ports.deny({ ...denied, agent: labelOf(by) }),
  };
  let coordinated: Coordinated;
  try {
    coordinated = await coordinate(able, request, ports.planner, watcher);
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    return { kind: "failed", told: error.told ?? "A system that I need does not answer. Nothing was changed." };
  }
  const { by, reply, also, conflicts } = coordinated;
  const agent = labelOf(by);
  switch (reply.kind) {
    case "answer": {
      const answers = [
        { agent, answer: reply.answer },
        ...also.map((one) => ({ agent: labelOf(one.by), answer: one.answer })),
      ];
      return { kind: "answer", agent, answers, ...(conflicts.length > 0 ? { conflicts } : {}), why };
    }
    case "ask-detail": {
      const { question, choices, slot, known, remembered } = reply;
      const text = awaits?.text ?? input.text;
      return {
        kind: "ask-detail",
        agent,
        question,
        choices,
        awaits: { turnId: input.turnId, agentId: agent.agentId, intent: agent.intent, slot, known, remembered, text },
      };
    }
    case "proposal":
      return { ...reply, agent };
    case "refused":
      return { kind: "refused", agent, told: reply.told, blocked: reply.blocked, needsSignIn: reply.needsSignIn };
  }
}

/** Does the utterance hold the detail that was asked for, by its form? Free text fits anything, and so counts for nothing here. */
function fits(ports: TurnPorts, input: TurnInput): boolean {
  if (input.resume.kind !== "detail") return false;
  const { agentId, intent, slot } = input.resume.awaits;
  const type = assign(ports, { agentId, intent, conversationId: input.conversationId })?.plan.slots[slot]?.type;
  return (
    type !== undefined &&
    type !== "reason" &&
    type !== "problem" &&
    type !== "question" &&
    input.text.trim().split(/\s+/).length <= 4
  );
}

function labelOf({ agent, version, intent }: Assignment): AgentLabel {
  return { agentId: agent.agent_id, displayName: agent.display_name, version, clusterId: agent.cluster_id, intent };
}
