import { join } from "node:path";
import { parseArgs } from "node:util";
import { loadPolicies } from "../policy/cedar.ts";
import { type Command, count, say } from "../registry-cli/command.ts";
import { inManifest } from "../registry-cli/filed-fleet.ts";

export const check: Command = {
  summary: "do the policies parse, and do they fit their schema?",
  usage: `check [--manifest FOLDER]

Says what a start, or a running bot that sees the files change, would say of them.

  --manifest   the folder with policies (manifest)`,
  run(args) {
    const { values } = parseArgs({ args, options: { manifest: { type: "string", default: "manifest" } } });
    const { version, rules } = inManifest(() => loadPolicies(join(values.manifest, "policies")));
    say(`${count(rules.length, "rule")}, version ${version}.`);
    return Promise.resolve(0);
  },
};
