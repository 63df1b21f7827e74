import { messageOf, SignalboxError } from "../errors.ts";
import { type Command, say } from "./command.ts";

/** A command line of subcommands. */
export type CommandLine = {
  /** the npm script that it is called by */
  script: string;
  /** what it is, in a sentence */
  about: string;
  commands: Readonly<Record<string, Command>>;
  /** the name of a command, to be tried first */
  example: string;
};

const exitCodes =
  "Exit codes: 0 all is well; 1 what was checked is not as it must be, or was refused; 2 it could not be done, or the call is wrong.";

/** @returns the exit code */
export async function runCommands(line: CommandLine, [name = "--help", ...args]: string[]): Promise<number> {
  const { script, commands } = line;
  if (name === "--help" || name === "help") {
    say(usageOf(line));
    return 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) return fail(`There is no command "${name}".\n\n${usageOf(line)}`);
  if (args.includes("--help")) {
    say(`npm run -s ${script} -- ${command.usage}\n\n${exitCodes}`);
    return 0;
  }
  try {
    return await command.run(args);
  } catch (error) {
    if (isWrongCall(error)) return fail(`${messageOf(error)}\n\nnpm run -s ${script} -- ${command.usage}`);
    // Whoever calls it reads words; a stack is for faults that nobody foresaw.
    return fail(error instanceof SignalboxError ? error.message : inFull(error));
  }
}

function usageOf({ script, about, commands, example }: CommandLine): string {
  const list = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(16)}${summary}`);
  return `${about}

${list.join("\n")}

  --help after a command says more
${exitCodes}

npm run -s ${script} -- ${example}`;
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
