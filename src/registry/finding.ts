import type { AgentRecord } from "./agent-record.ts";

/** A record with the file that it stands in. */
export type Filed = { file: string; record: AgentRecord };

/** What is wrong, where, and what to do. */
export type Finding = { file: string; field: string; wrong: string; cure: string };
