import { z } from "zod";
import type { ModelService } from "../../config.ts";
import { SignalboxError } from "../../errors.ts";
import type { ChatModel } from "./chat.ts";

const DEADLINE_MS = 30_000;
const MAX_BYTES = 1_000_000;

const Completion = z.object({
  choices: z
    .array(
      z.object({
        message: z.object({
          content: z.string().nullish(),
          tool_calls: z.array(z.object({ function: z.object({ name: z.string(), arguments: z.string() }) })).nullish(),
        }),
      }),
    )
    .min(1),
  usage: z.object({ total_tokens: z.int().min(0) }).nullish(),
});

/** Asks a language model over HTTP (POST …/chat/completions, as Azure AI Foundry and others understand it). Nothing is tried twice: whoever asked may ask again. */
export function openModel(service: ModelService): ChatModel {
  const headers = {
    "content-type": "application/json",
    ...(service.signIn === "api-key" && { "api-key": service.key ?? "" }),
    ...(service.signIn === "bearer" && { authorization: `Bearer ${service.key}` }),
  };
  return {
    async ask(messages, callables) {
      const tools = callables.map((one) => ({ type: "function", function: one }));
      const body = { model: service.model, messages, temperature: 0, ...(tools.length > 0 && { tools }) };
      const text = await post(`${service.url}/chat/completions`, headers, JSON.stringify(body));
      const parsed = Completion.safeParse(jsonOf(text));
      const [choice] = parsed.data?.choices ?? [];
      if (choice === undefined)
        throw new SignalboxError(
          "model-unreadable",
          `The language model answered something that is no completion (${parsed.error?.issues[0]?.message}). Check SIGNALBOX_MODEL_URL.`,
        );
      const { content, tool_calls } = choice.message;
      const calls = (tool_calls ?? []).map(({ function: { name, arguments: args } }) => ({ name, args }));
      return { text: content ?? "", calls, tokens: parsed.data?.usage?.total_tokens ?? 0 };
    },
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A redirect would carry the key and people's words elsewhere. */
async function post(url: string, headers: Record<string, string>, body: string): Promise<string> {
  let response: Response;
  try {
    response = await fetch(url, {
      ...{ method: "POST", headers, body, redirect: "error", signal: AbortSignal.timeout(DEADLINE_MS) },
    });
    if (response.ok) return await readAtMost(response, MAX_BYTES);
  } catch (cause) {
    if (cause instanceof SignalboxError) throw cause;
    throw new SignalboxError("model-away", "The language model does not answer. Check SIGNALBOX_MODEL_URL.", { cause });
  }
  await response.body?.cancel();
  const cure = response.status === 401 ? "Check SIGNALBOX_MODEL_KEY." : "Check SIGNALBOX_MODEL_URL and its quota.";
  throw new SignalboxError("model-away", `The language model answered with status ${response.status}. ${cure}`);
}

async function readAtMost(response: Response, most: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > most)
      throw new SignalboxError("model-unreadable", `The language model answered with more than ${most} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
