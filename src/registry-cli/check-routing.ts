import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { acceptedText, readAccepted } from "../routing/golden/accepted.ts";
import { checkRouting as check } from "../routing/golden/check.ts";
import { readGolden } from "../routing/golden/lines.ts";
import { reportOf } from "../routing/golden/report.ts";
import { findOverlaps } from "../routing/overlap/find.ts";
import { overlapSummary } from "../routing/overlap/report.ts";
import { type Command, say } from "./command.ts";
import { loadFiledFleet, trainFleet } from "./filed-fleet.ts";

export const checkRouting: Command = {
  summary: "route the golden set, and compare with what was accepted last",
  usage: `check-routing [--accept] [--json] [--manifest FOLDER]

Trains the product's own router from the files and routes every line of golden/routing.jsonl. Fails (1) where a figure
dropped since it was last accepted, where a gate is missed, and where nothing was accepted yet.

  --accept           store these figures in golden/accepted.json; drops are taken, missed gates still fail
  --json             the same as one JSON object
  --manifest FOLDER  what to check (manifest)`,
  async run(args) {
    const { values } = parseArgs({
      args,
      options: {
        accept: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        manifest: { type: "string", default: "manifest" },
      },
    });
    const fleet = loadFiledFleet(values.manifest);
    const { registry, entities } = fleet;
    const golden = readGolden(join(values.manifest, "golden/routing.jsonl"), registry.agents);
    const file = join(values.manifest, "golden/accepted.json");
    const accepted = readAccepted(file);
    const { router, trained } = await trainFleet(fleet);
    const checked = await check(golden, { registry, router, entities, accepted });
    if (values.accept) writeFileSync(file, acceptedText(checked.acceptable));
    // Overlaps take several times as long as the figures, which are what somebody waits for.
    if (!values.json) {
      say(reportOf(checked));
      if (values.accept) say(`\nAccepted: ${file} is written.`);
    }
    const overlaps = await findOverlaps(registry.agents, entities, trained);
    say(values.json ? JSON.stringify({ ...checked, overlaps }, null, 2) : `\n${overlapSummary(overlaps)}`);
    const isSound = values.accept ? checked.gates.every(({ holds }) => holds) : checked.isSound;
    return isSound ? 0 : 1;
  },
};
