import { checkRouting } from "./registry-cli/check-routing.ts";
import type { Command } from "./registry-cli/command.ts";
import { diff } from "./registry-cli/diff.ts";
import { exportAll } from "./registry-cli/export.ts";
import { list } from "./registry-cli/list.ts";
import { overlaps } from "./registry-cli/overlaps.ts";
import { register } from "./registry-cli/register.ts";
import { retire } from "./registry-cli/retire.ts";
import { runCommands } from "./registry-cli/run-commands.ts";
import { show } from "./registry-cli/show.ts";
import { transition } from "./registry-cli/transition.ts";
import { validate } from "./registry-cli/validate.ts";

const commands: Record<string, Command> = {
  ...{ validate, diff, "check-routing": checkRouting, overlaps },
  ...{ register, transition, retire },
  ...{ list, show, export: exportAll },
};

process.exitCode = await runCommands(
  {
    script: "registry",
    about: "Signalbox, for whoever changes the registry. Checking files needs no database.",
    commands,
    example: "check-routing",
  },
  process.argv.slice(2),
);
