/** One subcommand of `npm run registry`: a file of its own, listed in src/registry-cli.ts. */
export type Command = {
  /** one line for the list of commands */
  summary: string;
  /** what --help says: arguments, options, exit codes of its own */
  usage: string;
  /**
   * @param args what follows the name of the command
   * @returns the exit code: 0 all is well, 1 what was checked is not as it must be, or was refused. What cannot be done is thrown.
   */
  run(args: string[]): Promise<number>;
};

export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** "1 agent", "2 agents" */
export function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
