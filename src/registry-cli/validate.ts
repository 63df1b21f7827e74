import { join } from "node:path";
import { parseArgs } from "node:util";
import { readPlans } from "../agent/plan-template.ts";
import { readConfig } from "../config.ts";
import { loadDirectory } from "../identity/directory.ts";
import { loadPolicies } from "../policy/cedar.ts";
import type { Finding } from "../registry/finding.ts";
import { checkRecords } from "../registry/registry.ts";
import { reusedIn } from "../registry/reuse.ts";
import { withoutSay } from "./approvers.ts";
import { type Command, count, say } from "./command.ts";
import { inManifest } from "./filed-fleet.ts";
import { formerIdentities } from "./history.ts";

export const validate: Command = {
  summary: "check all agent files and plans: what is wrong, where, and what to do",
  usage: `validate [--json] [--manifest FOLDER]

Tells everything that is wrong in all files at once, each with file, field and cure: what a start would refuse, ends that have
passed, approvers to whom policy gives no say, and ids that belonged to agents that are gone, as far as the git history of the
files knows them. Fails (1) where anything is wrong.

  --json             the same as one JSON object
  --manifest FOLDER  what to check (manifest)`,
  async run(args) {
    const { values } = parseArgs({
      args,
      options: { json: { type: "boolean", default: false }, manifest: { type: "string", default: "manifest" } },
    });
    const { findings, note, agents, plans } = inManifest(() => check(values.manifest));
    if (values.json) say(JSON.stringify({ isSound: findings.length === 0, agents, plans, findings, note }, null, 2));
    else say(reportOf(findings, `${count(agents, "agent")} and ${count(plans, "plan")} were checked`, note));
    return findings.length === 0 ? 0 : 1;
  },
};

/** In force for every manifest, as in `registry-cli/desk.ts`. */
const POLICIES = "manifest/policies";

function check(manifest: string) {
  const directory = loadDirectory(readConfig(process.env).peopleFile);
  const { plans, unreadable, findings: aboutPlans } = readPlans(join(manifest, "plans"));
  const folder = join(manifest, "agents");
  const today = new Date().toISOString().slice(0, 10);
  const { filed, findings } = checkRecords({ folder, directory, plans, unreadable, today });
  const { known, note } = formerIdentities(folder);
  return {
    findings: [...aboutPlans, ...findings, ...withoutSay(filed, loadPolicies(POLICIES)), ...reusedIn(filed, known)],
    note,
    // What is no record or plan was looked at all the same.
    agents: new Set([...filed, ...findings].map(({ file }) => file)).size,
    plans: plans.size + unreadable.size,
  };
}

function reportOf(findings: readonly Finding[], checked: string, note: string | undefined): string {
  const files = Map.groupBy(findings, ({ file }) => file);
  const blocks = [...files].map(
    ([file, own]) =>
      `${file}\n${own.map(({ field, wrong, cure }) => `  ${field}: ${wrong}.\n    Cure: ${cure}.`).join("\n")}\n`,
  );
  const end =
    findings.length === 0 ? "nothing is wrong" : `${count(findings.length, "error")} in ${count(files.size, "file")}`;
  return [...blocks, `${checked}: ${end}.`, ...(note === undefined ? [] : [note])].join("\n");
}
