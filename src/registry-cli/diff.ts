import { parseArgs } from "node:util";
import { SignalboxError } from "../errors.ts";
import { compareRegistries } from "../registry/diff/compare.ts";
import type { Side } from "../registry/diff/pair.ts";
import { type Command, say } from "./command.ts";
import { inTheRegistry } from "./desk.ts";
import { asMarkdown, asText, type Compared } from "./diff-report.ts";
import { inManifest } from "./filed-fleet.ts";
import { filedState, runningState, type State, stateAt, withWhatWasLearnt } from "./sides.ts";

export const diff: Command = {
  summary: "what the files change: agents, routing, permissions, risk",
  usage: `diff [--against REVISION] [--markdown | --json] [--manifest FOLDER]

Compares the files with the running registry, or with an earlier state of themselves. Changes are no faults: the exit code is 0,
and 1 where files of either side could not be read and are left out of the comparison (validate says what is wrong with them).
An agent whose file is gone serves until the next start: retire it, to end it at once and for good.

  --against REVISION   with the files at a revision of git, such as origin/main; needs no database
  --markdown           for a comment on a pull request
  --json               as one JSON object, with every utterance
  --manifest FOLDER    the files (manifest)`,
  async run(args) {
    const { values } = parseArgs({
      args,
      options: {
        ...{ against: { type: "string" }, manifest: { type: "string", default: "manifest" } },
        ...{ markdown: { type: "boolean", default: false }, json: { type: "boolean", default: false } },
      },
    });
    const { against, manifest, markdown, json } = values;
    if (markdown && json) throw new SignalboxError("diff-unusable", "Choose one of --markdown and --json.");
    const tell = (compared: Compared): number => {
      say(json ? JSON.stringify(compared, null, 2) : markdown ? asMarkdown(compared) : asText(compared));
      return compared.unreadable.length === 0 ? 0 : 1;
    };
    const filed = inManifest(() => filedState(manifest));
    if (against !== undefined) return tell(compared(against, stateAt(manifest, against), filed));
    return inTheRegistry(async (room) =>
      tell(compared("the running registry", await runningState(room), await withWhatWasLearnt(room, filed))),
    );
  },
};

function compared(against: string, before: State, after: State): Compared {
  const unreadable = [
    ...before.unreadable.map((one) => ({ ...one, side: "before" as const })),
    ...after.unreadable.map((one) => ({ ...one, side: "after" as const })),
  ];
  const hidden = new Set([...before.hidden, ...after.hidden]);
  const seen = ({ sides }: State): Side[] => sides.filter(({ record }) => !hidden.has(record.agent_id));
  return { against, ...compareRegistries(seen(before), seen(after)), unreadable };
}
