import { parseArgs } from "node:util";
import { SignalboxError } from "../errors.ts";
import { type Command, say } from "../registry-cli/command.ts";
import { inTheRegistry } from "../registry-cli/desk.ts";
import { table } from "../registry-cli/table.ts";
import { type ExplainedRun, explainRun } from "./explain-run.ts";
import { readManifest } from "./read-manifest.ts";
import { whatIf } from "./what-if.ts";

export const explain: Command = {
  summary: "why a run was decided as it was, or what would happen",
  usage: `explain CODE [--json]
       explain --agent NAME --tool TOOL [--person UPN] [--arg NAME=VALUE]... [--amount EUR] [--risk low|medium|high]
               [--confirm] [--subject UPN] [--untrusted NAME]... [--manifest FOLDER] [--json]

The first says what was decided about a run, from the chain of evidence. The second judges a call that nobody has made, by the
files alone: no database and no system is asked, so whether the arguments fit the tool is not looked at. Its exit code is 1
where it would be refused.

  --person      who would ask; without it a stranger
  --amount      what the decision is about
  --risk        of the intent (low); the register of tools raises it
  --confirm     the agent's record wants the requester to confirm it
  --subject     whose data it is
  --untrusted   the name of an argument that derives from content that nobody vouches for
  --json        the same as one JSON object`,
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      options: {
        ...{ person: { type: "string" }, agent: { type: "string" }, tool: { type: "string" } },
        ...{ arg: { type: "string", multiple: true, default: [] }, amount: { type: "string", default: "0" } },
        ...{ risk: { type: "string", default: "low" }, confirm: { type: "boolean", default: false } },
        ...{ subject: { type: "string" }, untrusted: { type: "string", multiple: true, default: [] } },
        ...{ manifest: { type: "string", default: "manifest" }, json: { type: "boolean", default: false } },
      },
      allowPositionals: true,
    });
    const [code] = positionals;
    if (code !== undefined)
      return inTheRegistry(async (room) => {
        const explained = await explainRun(room, code);
        say(values.json ? JSON.stringify(explained, null, 2) : asText(explained));
        return 0;
      });
    const { agent, tool, person, subject, amount, risk, confirm, untrusted, manifest } = values;
    if (agent === undefined || tool === undefined)
      throw new SignalboxError("what-if-incomplete", "Name the code of a run, or a call: --agent and --tool.");
    const wish = { person, agent, tool, args: argsIn(values.arg), amount, risk, confirm, subject, untrusted };
    const { verdict, trail } = whatIf(readManifest(manifest), wish);
    if (values.json) say(JSON.stringify({ verdict, trail }, null, 2));
    else {
      const rows = trail.map(({ guard, finding }) => [guard, finding.is, finding.policyId, finding.reason]);
      const kind = verdict.verdict === "ask" ? `, ${verdict.kind}` : "";
      say(`${table(["Guard", "Finds", "Rule", "Why"], rows)}\n\n${verdict.verdict}${kind}: ${verdict.reason}`);
    }
    return verdict.verdict === "deny" ? 1 : 0;
  },
};

/** "invoice_id=INV-1042" @throws SignalboxError "what-if-incomplete" */
function argsIn(given: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    given.map((one) => {
      const at = one.indexOf("=");
      if (at < 1) throw new SignalboxError("what-if-incomplete", `--arg is NAME=VALUE, and not "${one.slice(0, 60)}".`);
      return [one.slice(0, at), one.slice(at + 1)];
    }),
  );
}

function asText({ code, status, plan, beganUnder, inForce, decisions }: ExplainedRun): string {
  const rows = decisions.map(({ at, what, verdict, rule, policies, why }) => [
    ...[at.toISOString().slice(0, 19).replace("T", " "), what, verdict, rule, policies, why],
  ]);
  const now = inForce === beganUnder ? "" : `, in force now ${inForce}`;
  return `${code}: ${status}, ${plan}. Began under policies ${beganUnder}${now}.\n\n${table(
    ["When", "What", "Verdict", "Rule", "Policies", "Why"],
    rows,
  )}`;
}
