import { checkRouting } from "./registry-cli/check-routing.ts";
import type { Command } from "./registry-cli/command.ts";
import { runCommand } from "./registry-cli/command-line.ts";
import { diff } from "./registry-cli/diff.ts";
import { exportAll } from "./registry-cli/export.ts";
import { list } from "./registry-cli/list.ts";
import { overlaps } from "./registry-cli/overlaps.ts";
import { register } from "./registry-cli/register.ts";
import { retire } from "./registry-cli/retire.ts";
import { show } from "./registry-cli/show.ts";
import { transition } from "./registry-cli/transition.ts";
import { validate } from "./registry-cli/validate.ts";

const commands: Record<string, Command> = {
  ...{ validate, diff, "check-routing": checkRouting, overlaps },
  ...{ register, transition, retire },
  ...{ list, show, export: exportAll },
};

const about = "whoever changes the registry. Checking files needs no database.";

process.exitCode = await runCommand(
  { script: "registry", about, commands, example: "check-routing" },
  process.argv.slice(2),
);
