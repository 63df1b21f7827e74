import type { Connectors } from "../connector/client.ts";
import { SignalboxError } from "../errors.ts";
import type { Policies } from "./cedar.ts";
import { judge } from "./judge.ts";

/** Reads a list for Signalbox itself. */
export type OwnReads = (tool: string) => Promise<Record<string, unknown>>;

/** Nobody's wish: it is cleared as every employee is, since all agents and everybody's words are compared with what it reads. */
const SIGNALBOX = {
  ...{ aadObjectId: "signalbox", upn: "", roles: [] },
  clearance: "confidential",
} as const;

/**
 * What Signalbox reads for itself: the names that words are recognised by, and what coordinators know. It goes through the same
 * chain as any step: reading only, no arguments, and nothing that is restricted.
 * @returns a function that throws SignalboxError "own-read-refused"
 */
export function ownReads(connectors: Connectors, policies: Policies): OwnReads {
  return async (tool) => {
    const info = connectors.tools().find(({ name }) => name === tool);
    const verdict = judge(
      policies,
      SIGNALBOX,
      {
        ...{ agentId: "signalbox", clusterId: "", mode: "read-only", tools: [tool] },
        scopes: [{ scope: `${info?.system ?? ""}.lists`, classification: SIGNALBOX.clearance }],
      },
      {
        ...{ tool, access: info?.access ?? "write", risk: "low", toolRisk: info?.risk ?? "high" },
        ...{ reversal: info?.reversal ?? "none", classification: info?.classification ?? "restricted" },
        ...{ amountCents: 0, subject: "", subjectManager: "", confirm: false, args: {} },
        ...{ untrustedArguments: [], leaves: false, budget: "reserved" },
      },
    );
    // A system that is away has said nothing of its tools yet: its own answer tells more than ours.
    if (info !== undefined && verdict.verdict !== "allow")
      throw new SignalboxError("own-read-refused", `${tool} is not read for names: ${verdict.reason}`);
    const { data } = await connectors.call({ tool, args: {} });
    return data;
  };
}
