import { ConnectorError, didNotAnswer } from "./connector-error.ts";
import { meta, type Outcome } from "./meta.ts";
import { redact } from "./redact.ts";
import type { CallResult } from "./session.ts";
import type { OfferedTool } from "./tools/listing.ts";
import { checkOutput } from "./tools/output.ts";

export type ToolResult = {
  data: Record<string, unknown>;
  /** `at` is an ISO instant */
  source: { system: string; tool: string; at: string };
};

const outcomes: readonly Outcome[] = ["refused", "not-done", "unknown"];

/**
 * What a system answered, once it is what the reviewed definition promises. A tool without structured output gives its texts as
 * `text`.
 * @throws ConnectorError where the system says that it failed; its words are redacted
 */
export function resultOf(answer: CallResult, title: string, { info, definition }: OfferedTool): ToolResult {
  if (answer.isError === true) {
    const [first] = answer.content;
    const text = redact(first?.type === "text" ? first.text : "no reason given");
    const said = outcomes.find((one) => one === answer._meta?.[meta.outcome]);
    if (said === "not-done" || said === "unknown") throw didNotAnswer(said, title, info.name, text);
    // A system that does not know our outcomes may have done half of it before it failed.
    if (said === undefined && info.access === "write" && definition.meta?.[meta.access] === undefined)
      throw didNotAnswer("unknown", title, info.name, text);
    // Without an outcome of its own it is the protocol that said no: the arguments do not fit the tool.
    const told = said === "refused" ? text : `${title} did not accept the request.`;
    throw new ConnectorError("refused", `${info.name}: refused: ${text}`, { told });
  }
  try {
    checkOutput(definition, answer.structuredContent);
  } catch (error) {
    throw didNotAnswer(info.access === "write" ? "unknown" : "not-done", title, info.name, error);
  }
  const data = answer.structuredContent ?? textsOf(answer);
  return { data, source: { system: info.system, tool: info.name, at: new Date().toISOString() } };
}

function textsOf({ content }: CallResult): Record<string, unknown> {
  const texts = content.flatMap((part) => (part.type === "text" ? [part.text] : []));
  return texts.length === 0 ? {} : { text: texts.join("\n") };
}
