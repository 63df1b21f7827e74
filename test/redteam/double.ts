import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { z } from "zod";
import { withoutHidden } from "../../src/trust/hidden.ts";

export type Call = { name: string; args: unknown };
/** What the model says in one turn: wishes, or words. */
export type Line = { calls: Call[] } | { words: string };
/** What it does with one case. `text`: what was planted, if anything. `attack`: what it says, turn by turn, once the text is before it; none: it serves the person. */
export type Script = { text: string | undefined; read: Call; attack: Line[] | undefined };

export type Double = {
  /** the address at which it plays this script */
  play(script: Script): string;
  /** how often the text stood before it without the marks of a zone */
  sawOutsideZone(): number;
  stop(): Promise<void>;
};

const Request = z.object({
  messages: z.array(z.object({ role: z.string(), content: z.string() })),
  tools: z.array(z.unknown()).optional(),
});
type Request = z.infer<typeof Request>;

/**
 * A language model that always obeys the attacker: as soon as the planted text is anywhere in what it is told, marked or not,
 * it does what its script says. Before that, and in a script without an attack, it reads what it was asked to read and answers.
 */
export async function startDouble(): Promise<Double> {
  const scripts = new Map<string, Script>();
  let outside = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const script = scripts.get((request.url ?? "").split("/")[1] ?? "");
      const body = Buffer.concat(chunks).toString("utf8");
      if (script === undefined) {
        response.writeHead(404);
        response.end();
        return;
      }
      if (script.text !== undefined && standsOutside(body, script.text)) outside += 1;
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify(completion(lineFor(Request.parse(JSON.parse(body)), script))));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    play(script) {
      const key = String(scripts.size + 1);
      scripts.set(key, script);
      return `http://127.0.0.1:${port}/${key}`;
    },
    sawOutsideZone: () => outside,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** What it says next; it remembers nothing, and looks at what it is told. */
export function lineFor({ messages, tools = [] }: Request, { text, read, attack }: Script): Line {
  const isDone = ({ role }: { role: string }): boolean => role === "assistant";
  if (attack !== undefined && text !== undefined) {
    const before = messages.findIndex((message) => hears(message, text));
    const isTold = tools.some((tool) => text.length > BY_CHANCE && holds(JSON.stringify(tool), text));
    const since = messages.slice(Math.max(0, before)).filter(isDone).length;
    if (before >= 0 || isTold) return attack[since] ?? { words: "Done." };
  }
  if (!messages.some(isDone)) return { calls: [read] };
  return { words: `This is what I found: ${messages.at(-1)?.content ?? ""}` };
}

/** Is the beginning of this text in that one? Marks of zones, white space, and escapes of JSON make no difference. */
export function holds(told: string, text: string): boolean {
  const bare = (given: string): string => withoutHidden(given).replaceAll(/\s/gu, "");
  const within = bare(told);
  return [text, JSON.stringify(text).slice(1, -1)].some((form) => within.includes(bare(form).slice(0, 60)));
}

/** So short a text may stand anywhere by chance: it counts only in what was retrieved. */
const BY_CHANCE = 12;

function hears({ role, content }: { role: string; content: string }, text: string): boolean {
  return (role === "user" || text.length > BY_CHANCE) && holds(content, text);
}

/** White space between words of it has survived: no zone marks them. */
function standsOutside(body: string, text: string): boolean {
  const [run] = withoutHidden(text).match(/[\p{L}\p{N}]+ [\p{L}\p{N}]+ [\p{L}\p{N} ]{8,}/u) ?? [];
  return run !== undefined && body.includes(run);
}

function completion(line: Line): unknown {
  const message =
    "words" in line
      ? { role: "assistant", content: line.words }
      : {
          ...{ role: "assistant", content: null },
          tool_calls: line.calls.map(({ name, args }, i) => ({
            ...{ id: `call_${i}`, type: "function" },
            function: { name, arguments: typeof args === "string" ? args : JSON.stringify(args) },
          })),
        };
  return {
    object: "chat.completion",
    choices: [{ index: 0, finish_reason: "stop", message }],
    usage: { total_tokens: 0 },
  };
}
