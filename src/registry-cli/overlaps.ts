import { parseArgs } from "node:util";
import { findOverlaps } from "../routing/overlap/find.ts";
import { overlapReport } from "../routing/overlap/report.ts";
import { type Command, say } from "./command.ts";
import { loadFiledFleet, trainFleet } from "./filed-fleet.ts";

export const overlaps: Command = {
  summary: "which intents are taken for each other, and what to do about it",
  usage: `overlaps [--json] [--manifest FOLDER]

Holds every registered utterance out once, asks the router for it, and lists the pairs of intents that are taken for each
other or have utterances that are nearly the same; what happens most comes first. Overlaps are advice: the exit code is 0.

  --json             the same as one JSON object
  --manifest FOLDER  what to look at (manifest)`,
  async run(args) {
    const { values } = parseArgs({
      args,
      options: { json: { type: "boolean", default: false }, manifest: { type: "string", default: "manifest" } },
    });
    const fleet = loadFiledFleet(values.manifest);
    const { trained } = await trainFleet(fleet);
    const found = await findOverlaps(fleet.registry.agents, fleet.entities, trained);
    say(values.json ? JSON.stringify(found, null, 2) : overlapReport(found));
    return 0;
  },
};
