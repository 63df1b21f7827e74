/** Names of what our MCP servers and client tell each other beside the protocol, in `_meta`. */
export const meta = {
  access: "signalbox/access",
  reversal: "signalbox/reversal",
  compensation: "signalbox/compensation",
  outcome: "signalbox/outcome",
  runId: "signalbox/run-id",
  /** of a call that writes: the signed right to make it */
  elevation: "signalbox/elevation",
  /** of a call: only show what it would do; of a tool: it can */
  rehearsal: "signalbox/rehearsal",
} as const;

/** Of a call that gave no result: refused = the system said no; not-done = surely nothing happened; unknown = it may have. */
export type Outcome = "refused" | "not-done" | "unknown";
