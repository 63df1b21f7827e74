import { readFileSync } from "node:fs";
import { z } from "zod";
import { SignalboxError } from "../../src/errors.ts";

/** One row of a set of cases (JSONL). What a row says besides is left alone. */
const Case = z.object({
  id: z.string().min(1),
  source: z.string().default(""),
  label: z.enum(["attack", "benign"]),
  /** where it was found; "user" where a person has typed it */
  channel: z.string().default(""),
  text: z.string().min(1),
  goal: z.string().optional(),
  attackerTools: z.array(z.string()).optional(),
});
export type Case = z.infer<typeof Case>;

/** @throws SignalboxError "cases-unreadable" naming the line, what is wrong with it and the cure */
export function readCases(file: string): Case[] {
  let lines: string[];
  try {
    lines = readFileSync(file, "utf8").split("\n");
  } catch (cause) {
    throw new SignalboxError("cases-unreadable", `${file} cannot be read: give another file with --cases.`, { cause });
  }
  return lines.flatMap((line, i) => (line.trim() === "" ? [] : [caseIn(line, `${file}, line ${i + 1}`)]));
}

function caseIn(line: string, where: string): Case {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (cause) {
    throw new SignalboxError("cases-unreadable", `${where} is not valid JSON: mend or remove it.`, { cause });
  }
  const parsed = Case.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new SignalboxError("cases-unreadable", `${where}: ${issue?.path.join(".")}: ${issue?.message}: mend it.`);
}
