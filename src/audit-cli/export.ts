import { parseArgs } from "node:util";
import { writeExport } from "../audit/export/write-export.ts";
import { SignalboxError } from "../errors.ts";
import { type Command, count, say } from "../registry-cli/command.ts";
import { readTheLog } from "./room.ts";

export const exportLinks: Command = {
  summary: "what was appended since the last export, into files that are written once",
  usage: `export --to FOLDER [--json]

Writes a segment of JSON lines with a manifest for each day: tenant=…/yyyy/mm/dd/first-last.ndjson. No file is ever written
again, so that the folder may be a mount of WORM storage (Azure: a container with an immutability policy that allows new
blobs). An export that was interrupted goes on where it ended. Links are verified on the way; nothing behind a broken one is
exported. Anybody can verify the folder, with this command line (verify --export) or with SHA-256 alone.`,
  async run(args) {
    const { values } = parseArgs({
      args,
      options: { to: { type: "string" }, json: { type: "boolean", default: false } },
    });
    const { to: folder } = values;
    if (folder === undefined) throw new SignalboxError("export-nowhere", "Say where to: --to FOLDER.");
    return readTheLog(async ({ pool, config }) => {
      const { segments, links, upTo, broken } = await writeExport(pool, config.tenantId, folder);
      if (values.json) say(JSON.stringify({ segments, links, upTo, broken }, null, 2));
      else {
        say(`${count(links, "link")} in ${count(segments, "segment")}; ${folder} holds the log up to link ${upTo}.`);
        if (broken !== undefined)
          say(`The chain is broken at link ${broken.seq}: ${broken.why}. Nothing from there on was exported.`);
      }
      return broken === undefined ? 0 : 1;
    });
  },
};
