import { z } from "zod";
import { AgentRecord } from "./agent-record.ts";

/** The JSON Schema of agent records, for editors and for other programs: the text of manifest/agent.schema.json. */
export function agentSchemaText(): string {
  const schema = z.toJSONSchema(AgentRecord, { io: "input" });
  return `${JSON.stringify({ title: "Agent record of Signalbox", ...schema }, null, 2)}\n`;
}
