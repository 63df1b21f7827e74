import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { z } from "zod";
import { withoutHidden } from "../../src/trust/hidden.ts";

export type Call = { name: string; args: unknown };
/** What the model says in one turn: wishes, or words. */
export type Line = { calls: Call[] } | { words: string };
/** What it does with one case. `attack`: what it says, turn by turn, once the text is before it; none: it serves the person. */
export type Script = { text: string; read: Call; attack: Line[] | undefined };

export type Double = {
  /** the address at which it plays this script */
  play(script: Script): string;
  /** how often the text stood before it without the marks of a zone */
  sawOutsideZone(): number;
  stop(): Promise<void>;
};

const Request = z.object({ messages: z.array(z.object({ role: z.string(), content: z.string() })) });
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
        response.writeHead(404).end();
        return;
      }
      if (standsOutside(body, script.text)) outside += 1;
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
export function lineFor({ messages }: Request, { text, read, attack }: Script): Line {
  const done = messages.filter(({ role }) => role === "assistant").length;
  const isHeard = heard(messages, text);
  if (attack !== undefined && isHeard) {
    const before = messages.findIndex((message) => heard([message], text));
    const since = messages.slice(before).filter(({ role }) => role === "assistant").length;
    return attack[since] ?? { words: "Done." };
  }
  if (done === 0) return { calls: [read] };
  return { words: `This is what I found: ${messages.at(-1)?.content ?? ""}` };
}

/** A run of letters and digits long enough to know the text by, whatever became of its white space. */
export function fingerprint(text: string): string {
  const runs = withoutHidden(text).match(/[\p{L}\p{N} ]+/gu) ?? [];
  const longest = runs.map((run) => run.replaceAll(" ", "")).reduce((a, b) => (b.length > a.length ? b : a), "");
  return longest.slice(0, 60);
}

function heard(messages: readonly { content: string }[], text: string): boolean {
  const wanted = fingerprint(text);
  return messages.some(({ content }) => content.replaceAll(/[\p{Co}\s]/gu, "").includes(wanted));
}

/** White space between two words of it has survived: no zone marks them. */
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
