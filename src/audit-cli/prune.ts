import { parseArgs } from "node:util";
import { readAnchors } from "../audit/anchors/anchor-files.ts";
import { hashAt } from "../audit/chain/store.ts";
import { verifyExport } from "../audit/export/verify-export.ts";
import { prune } from "../audit/retention/prune.ts";
import { verifyChain } from "../audit/verify.ts";
import { readConfig } from "../config.ts";
import { SignalboxError } from "../errors.ts";
import { loadDirectory } from "../identity/directory.ts";
import { loadPolicies } from "../policy/cedar.ts";
import { mayOperateFleet } from "../policy/may-operate.ts";
import { type Command, count, say } from "../registry-cli/command.ts";
import { inTheLog } from "./room.ts";

export const pruneLinks: Command = {
  summary: "drop the data of links whose time is over and that an export holds",
  usage: `prune --export FOLDER --as UPN

How long the data of each class is kept is SIGNALBOX_AUDIT_RETENTION. Only what the export holds is dropped, after both the export
and the chain were verified. The links stay with their hashes, so that the chain still verifies; a link of its own says what was
dropped, of which class, and which export holds it.

  --export FOLDER   an export that is kept elsewhere for as long as the law wants it
  --as UPN          who you are: the platform team and security prune`,
  async run(args) {
    const { values } = parseArgs({ args, options: { export: { type: "string" }, as: { type: "string" } } });
    const { export: folder, as = "" } = values;
    if (folder === undefined) throw new SignalboxError("prune-unsaved", "Say what holds it: --export FOLDER.");
    const { tenantId, peopleFile, audit } = readConfig(process.env);
    const person = loadDirectory(peopleFile).byUpn(as);
    const policies = loadPolicies("manifest/policies");
    if (person?.kind !== "person" || !mayOperateFleet({ policies, tenantId }, person).permitted)
      throw new SignalboxError(
        "operator-refused",
        "The platform team and security prune the log: --as, with an address of the people directory. Nothing was dropped.",
      );
    const anchors = await readAnchors(audit.anchors);
    const exported = await verifyExport(folder, tenantId, anchors.anchors);
    if (exported.broken !== undefined) return refuse(`The export is broken: ${exported.broken.why}.`);
    return inTheLog(async ({ pool }) => {
      const { broken } = await verifyChain(pool, tenantId, anchors);
      if (broken !== undefined) return refuse(`The chain is broken at link ${broken.seq}: ${broken.why}.`);
      if (exported.links > 0 && (await hashAt(pool, tenantId, exported.links)) !== exported.head)
        return refuse("The export is of another chain.");
      const dropped = await prune(pool, tenantId, {
        ...{ retention: audit.retention, upTo: exported.links, folder, by: person.aadObjectId },
      });
      for (const { class: name, links, before } of dropped)
        say(`${name}: the data of ${count(links, "link")} from before ${before} was dropped.`);
      if (dropped.length === 0) say("Nothing that the export holds is old enough.");
      return 0;
    });
  },
};

function refuse(why: string): number {
  say(`${why} Nothing was dropped.`);
  return 1;
}
