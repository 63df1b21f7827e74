import { messageOf, SignalboxError } from "../errors.ts";
import { type Command, say } from "./command.ts";

/** A command line of several commands. */
export type CommandLine = {
  /** the script of package.json: "registry" */
  script: string;
  /** whom it is for */
  about: string;
  commands: Record<string, Command>;
  /** one call that anybody may try */
  example: string;
};

const EXIT_CODES =
  "Exit codes: 0 all is well; 1 what was checked is not as it must be, or was refused; 2 it could not be done, or the call is wrong.";

/** @param argv the name of a command and what follows it @returns the exit code */
export async function runCommand(line: CommandLine, [name = "--help", ...args]: readonly string[]): Promise<number> {
  const { script, commands } = line;
  if (name === "--help" || name === "help") {
    say(usage(line));
    return 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) return fail(`There is no command "${name}".\n\n${usage(line)}`);
  if (args.includes("--help")) {
    say(`npm run -s ${script} -- ${command.usage}\n\n${EXIT_CODES}`);
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

function usage({ script, about, commands, example }: CommandLine): string {
  const list = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(16)}${summary}`);
  return `Signalbox, for ${about}

${list.join("\n")}

  --help after a command says more
${EXIT_CODES}

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
