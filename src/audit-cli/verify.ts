import { parseArgs } from "node:util";
import { readAnchors } from "../audit/anchors/anchor-files.ts";
import { verifyExport } from "../audit/export/verify-export.ts";
import { verifyChain } from "../audit/verify.ts";
import { readConfig } from "../config.ts";
import { type Command, count, say } from "../registry-cli/command.ts";
import { readTheLog } from "./room.ts";

export const verify: Command = {
  summary: "recompute the whole chain, and compare it with its anchors",
  usage: `verify [--export FOLDER] [--json]

Recomputes every link from what is stored now, and compares the chain with its head, with all anchors outside the database
(SIGNALBOX_AUDIT_ANCHORS), and with the turns and actions behind the last anchor. An edited link, a missing one, a cut tail and a
chain that was replaced as a whole are found, and the first link that is wrong is named.

  --export FOLDER   verify an export instead; no database is opened
  --json            the report as one JSON object`,
  async run(args) {
    const { values } = parseArgs({
      args,
      options: { export: { type: "string" }, json: { type: "boolean", default: false } },
    });
    if (values.export !== undefined) return verifyFolder(values.export, values.json);
    return readTheLog(async ({ pool, config }) => {
      const anchors = await readAnchors(config.audit.anchors);
      const report = await verifyChain(pool, config.tenantId, anchors);
      if (values.json) say(JSON.stringify(report, null, 2));
      else if (report.broken !== undefined)
        say(`The chain is broken at link ${report.broken.seq}: ${report.broken.why}.`);
      else {
        const data = report.pruned === 0 ? "" : ` (the data of ${report.pruned} was dropped when its time was over)`;
        say(`The chain holds: ${count(report.links, "link")}${data}, head ${report.head}.`);
        say(
          report.anchors === 0
            ? "No anchor was compared: whoever can write the database could have replaced the whole chain."
            : `${count(report.anchors, "anchor")} compared, the last one at link ${report.anchoredUpTo}.`,
        );
      }
      return report.broken === undefined ? 0 : 1;
    });
  },
};

async function verifyFolder(folder: string, json: boolean): Promise<number> {
  const { tenantId, audit } = readConfig(process.env);
  const { anchors, faults } = await readAnchors(audit.anchors);
  const report = await verifyExport(folder, tenantId, anchors);
  const [fault] = faults;
  const broken = report.broken ?? (fault === undefined ? undefined : { seq: report.links, why: fault });
  if (json) say(JSON.stringify({ ...report, broken }, null, 2));
  else if (broken !== undefined) say(`The export is broken at link ${broken.seq}: ${broken.why}.`);
  else {
    const { links, segments, head, behind } = report;
    say(`The export holds: ${count(links, "link")} in ${count(segments, "segment")}, head ${head}.`);
    if (behind > 0) say(`${count(behind, "link")} that were anchored are not in it: written since, or cut off.`);
  }
  return broken === undefined ? 0 : 1;
}
