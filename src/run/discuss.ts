import type { PlanStep } from "./plan.ts";
import type { RunPorts } from "./ports.ts";
import type { Run } from "./run.ts";

type Discussion = Extract<PlanStep, { kind: "discuss" }>;
export type Discussed = {
  output: { said: { agentId: string; text: string }[]; endedBy: string };
  tokens: number;
  costCents: number;
};

/**
 * A bounded group chat: agents speak in turns, each knowing what was said. It only explores. It stops after its rounds, when a
 * whole round brings nothing new, or when the tokens or the money of the run are used up.
 */
export async function discuss(ports: Pick<RunPorts, "consult">, run: Run, step: Discussion): Promise<Discussed> {
  const said: { agentId: string; text: string }[] = [];
  let [tokens, costCents] = [0, 0];
  const { budgets, spent } = run.state;
  const end = (endedBy: string): Discussed => ({ output: { said, endedBy }, tokens, costCents });
  for (let round = 0; round < step.rounds; round++) {
    let isNew = false;
    for (const { agentId, intent } of step.participants) {
      if (spent.tokens + tokens >= budgets.maxTokens && budgets.maxTokens > 0 && tokens > 0)
        return end("its budget of tokens");
      if (spent.costCents + costCents >= budgets.maxCostCents && costCents > 0) return end("its budget of money");
      const text = round === 0 ? step.question : `${step.question}\n${said.map((one) => one.text).join("\n")}`;
      const word = await ports.consult({
        agentId,
        intent,
        text,
        known: run.plan.scope.slots,
        ...{ requesterId: run.requesterId, runId: run.runId, turnId: run.turnId },
      });
      if (word === undefined) continue;
      tokens += word.tokens;
      costCents += word.costCents;
      if (said.some((one) => one.agentId === agentId && one.text === word.text)) continue;
      isNew = true;
      said.push({ agentId, text: word.text });
    }
    if (!isNew) return end("agreement: nobody had anything new to say");
  }
  return end(`its limit of ${step.rounds} rounds`);
}
