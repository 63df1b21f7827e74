import { exportLinks } from "./audit-cli/export.ts";
import { pruneLinks } from "./audit-cli/prune.ts";
import { query } from "./audit-cli/query.ts";
import { verify } from "./audit-cli/verify.ts";
import { runCommand } from "./registry-cli/command-line.ts";

const about = "auditors: the log of what was said, decided and done. Beside a running bot or without one.";
const commands = { verify, query, export: exportLinks, prune: pruneLinks };

process.exitCode = await runCommand({ script: "audit", about, commands, example: "verify" }, process.argv.slice(2));
