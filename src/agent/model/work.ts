import { fill, resolveAll } from "../../action/values.ts";
import { ConnectorError } from "../../connector/client.ts";
import { SignalboxError } from "../../errors.ts";
import { judge } from "../../policy/judge.ts";
import { callForPolicy } from "../../run/step-for-policy.ts";
import { originsOfArguments, untrustedIn } from "../../run/step-origins.ts";
import { withoutHidden } from "../../trust/hidden.ts";
import { isUntrusted, merged, type Origin, SAID } from "../../trust/label.ts";
import { originsOfRead } from "../../trust/read.ts";
import { newMarker } from "../../trust/zone.ts";
import type { PlannerInput, PlannerPorts } from "../planner-input.ts";
import { type LabelledScope, propose, refusal } from "../propose.ts";
import type { AgentReply, Blocked, Source } from "../reply.ts";
import type { ChatModel, Said } from "./chat.ts";
import { type Conversation, messagesOf, opened, withDone, withRetrieved } from "./conversation.ts";
import type { ModelPart } from "./declared.ts";
import { callablesOf, readWish } from "./wish.ts";

/** How often a model is asked within one turn of a person, whatever the agent's budget. */
const MOST_TURNS = 8;

/**
 * A language model works out what the plan leaves to it. It has no hands: it answers, or says what it wishes. A read is judged
 * and done here; a write becomes a step of a plan, which is judged, asked about and carried out like any other, with every
 * value that the model gave, and its choice itself, as trusted as the least of all that it had before it.
 */
export async function workWithModel(
  input: PlannerInput,
  ports: PlannerPorts,
  scope: LabelledScope,
  part: ModelPart,
  sources: Source[],
): Promise<AgentReply> {
  const { model } = ports;
  if (model === undefined)
    return { kind: "refused", told: "This needs a language model, and none is configured (SIGNALBOX_MODEL_URL)." };
  let talk = begin(input, ports, scope, part);
  const read = [...sources];
  let made = Object.keys(scope.steps).length;
  for (let turn = 0; turn < Math.min(input.budgets.maxTurns, MOST_TURNS); turn += 1) {
    const said = await hear(model, talk, part);
    if ("told" in said) return { kind: "refused", told: said.told };
    if (said.calls.length === 0) return answered(said.text, part, scope, read, talk);
    const wish = readWish(part, said.calls);
    if ("code" in wish) return blocked(wish.code, wish.wish, talk);
    const by = merged(talk.origins, [modelOf(talk)]);
    const filled: LabelledScope = { ...scope, model: wish.values, origins: { ...scope.origins, model: by } };
    if (wish.kind === "write") {
      const reply = propose(input, ports, filled, read, { stepId: wish.name, by });
      const isTainted = isUntrusted(by);
      return reply.kind === "refused"
        ? { ...reply, blocked: { code: "wish-refused", wish: wish.name, isTainted } }
        : reply;
    }
    const found = await readFor({ name: wish.name, made }, input, ports, filled, part);
    if ("kind" in found) return found;
    made += 1;
    read.push(found.source);
    talk = withRetrieved(withDone(talk, `I have asked for ${wish.name}.`), found.title, found.text, found.origins);
  }
  return blocked("turn-limit", "", talk);
}

/** What the person said, what the plan has looked up, and what is remembered. */
function begin(
  { text, wordsFrom, kept = [] }: PlannerInput,
  ports: PlannerPorts,
  scope: LabelledScope,
  part: ModelPart,
) {
  let talk = opened(part.instructions, text, wordsFrom ?? [SAID]);
  for (const [step, data] of Object.entries(scope.steps)) {
    const { tool, at } = scope.origins.steps[step] ?? { tool: "", at: undefined };
    talk = withRetrieved(talk, `result of ${tool}`, JSON.stringify(data), originsOfTool(ports, tool, at, data));
  }
  for (const { text: words, origin } of kept) talk = withRetrieved(talk, "remembered", words, [origin]);
  return talk;
}

function originsOfTool({ connectors }: PlannerPorts, tool: string, at: string | undefined, data: unknown): Origin[] {
  const trust = connectors.tools().find(({ name }) => name === tool)?.trust;
  return originsOfRead({ system: tool.split(".")[0] ?? "", tool, at, trust }, "", data);
}

async function hear(model: ChatModel, talk: Conversation, part: ModelPart): Promise<Said | { told: string }> {
  try {
    return await model.ask(messagesOf(talk, newMarker()), callablesOf(part));
  } catch (error) {
    if (!(error instanceof SignalboxError)) throw error;
    return { told: "The language model that this needs does not answer. Nothing was changed." };
  }
}

/** Whatever a model says, it says as one who may have been told so by the least of what it has read. */
function modelOf({ origins }: Conversation): Origin {
  return { label: isUntrusted(origins) ? "untrusted" : "person", channel: "model", source: "language model" };
}

type Found = { title: string; text: string; origins: Origin[]; source: Source };

async function readFor(
  { name, made }: { name: string; made: number },
  input: PlannerInput,
  ports: PlannerPorts,
  scope: LabelledScope,
  part: ModelPart,
): Promise<Found | AgentReply> {
  const declared = part.reads[name];
  if (declared === undefined) throw new RangeError(`${name} is not declared`);
  const { tool, args } = declared;
  const filled = resolveAll(args, scope);
  const tools = ports.connectors.tools();
  const untrustedArguments = untrustedIn(originsOfArguments(args, scope, tools));
  const budget = {
    spent: { ...{ turns: 0, seconds: 0, tokens: 0, costCents: 0 }, toolCalls: made },
    limits: input.budgets,
    wanted: { toolCalls: 1, turns: 0 },
  };
  const wanted = callForPolicy({ tool, args: filled, risk: input.risk, budget, untrustedArguments }, tools);
  const verdict = judge(ports.policies, input.requester, input.actor, wanted);
  if (verdict.verdict !== "allow") {
    const code = verdict.policyId === "untrusted-egress" ? "untrusted-egress" : "tool-not-allowed";
    return { ...refusal(verdict, wanted), blocked: { code, wish: name, isTainted: isTainted(scope) } };
  }
  try {
    const by = { agentId: input.actor.agentId, version: input.agentVersion };
    const { data, source } = await ports.connectors.call({
      ...{ tool, args: filled, by },
      personId: input.requester?.aadObjectId,
    });
    const origins = originsOfTool(ports, tool, source.at, data);
    return { title: `result of ${tool}`, text: JSON.stringify(data), origins, source };
  } catch (error) {
    if (error instanceof ConnectorError && error.outcome === "refused")
      return { kind: "refused", told: error.told ?? error.message, needsSignIn: error.needsSignIn };
    throw error;
  }
}

const isTainted = ({ origins }: LabelledScope): boolean => isUntrusted(origins.model ?? []);

function blocked(code: Blocked["code"], wish: string, { origins }: Conversation): AgentReply {
  const told =
    code === "turn-limit"
      ? "The language model came to no end. Nothing was changed."
      : "The language model wished for something that this agent does not do. Nothing was changed.";
  return { kind: "refused", told, policyId: code, blocked: { code, wish, isTainted: isUntrusted(origins) } };
}

const MAX_ANSWER = 4_000;

function answered(
  text: string,
  part: ModelPart,
  scope: LabelledScope,
  sources: Source[],
  { origins }: Conversation,
): AgentReply {
  const words = withoutHidden(text).slice(0, MAX_ANSWER);
  if (words.trim() === "") return { kind: "refused", told: "The language model had nothing to say." };
  const unverified = isUntrusted(origins) ? ["the words of a language model, which has read what others wrote"] : [];
  return {
    kind: "answer",
    answer: { title: fill(part.title, scope), text: words, facts: [], quotes: [], sources, unverified },
  };
}
