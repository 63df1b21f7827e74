import { parseArgs } from "node:util";
import { type Command, say } from "../registry-cli/command.ts";
import { asMarkdown, policyMap } from "./policy-map.ts";
import { readManifest } from "./read-manifest.ts";
import { tasksOf } from "./task.ts";

export const map: Command = {
  summary: "for each rule the tasks that it decides on, its preconditions and their compensation",
  usage: `map [--json] [--manifest FOLDER]

Every step of every plan of every agent is judged as if an employee without a role had asked; the rule that decided is named.

  --json       the same as one JSON object; otherwise a Markdown table
  --manifest   the folder with agents, plans, policies and tools.json (manifest)`,
  run(args) {
    const { values } = parseArgs({
      args,
      options: { json: { type: "boolean", default: false }, manifest: { type: "string", default: "manifest" } },
    });
    const manifest = readManifest(values.manifest);
    const { registry, plans, policies, register } = manifest;
    const rules = policyMap(manifest, tasksOf(registry.agents, plans, register));
    say(
      values.json ? JSON.stringify({ version: policies.version, rules }, null, 2) : asMarkdown(policies.version, rules),
    );
    return Promise.resolve(0);
  },
};
