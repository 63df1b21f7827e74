import { messageOf, SignalboxError } from "./errors.ts";
import { checkRouting } from "./registry-cli/check-routing.ts";
import { type Command, say } from "./registry-cli/command.ts";
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

const exitCodes =
  "Exit codes: 0 all is well; 1 what was checked is not as it must be, or was refused; 2 it could not be done, or the call is wrong.";

process.exitCode = await main(process.argv.slice(2));

/** @returns the exit code */
async function main([name = "--help", ...args]: string[]): Promise<number> {
  if (name === "--help" || name === "help") {
    say(usage());
    return 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) return fail(`There is no command "${name}".\n\n${usage()}`);
  if (args.includes("--help")) {
    say(`npm run -s registry -- ${command.usage}\n\n${exitCodes}`);
    return 0;
  }
  try {
    return await command.run(args);
  } catch (error) {
    if (isWrongCall(error)) return fail(`${messageOf(error)}\n\nnpm run -s registry -- ${command.usage}`);
    // Whoever calls it reads words; a stack is for faults that nobody foresaw.
    return fail(error instanceof SignalboxError ? error.message : inFull(error));
  }
}

function usage(): string {
  const list = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(16)}${summary}`);
  return `Signalbox, for whoever changes the registry. Checking files needs no database.

${list.join("\n")}

  --help after a command says more
${exitCodes}

npm run -s registry -- check-routing`;
}

function isWrongCall(error: unknown): boolean {
  return error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
}

function inFull(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : messageOf(error);
}

function fail(text: string): number {
  process.stderr.write(`${text}\n`);
  return 2;
}
