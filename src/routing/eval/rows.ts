import { readFileSync } from "node:fs";
import { z } from "zod";
import { SignalboxError } from "../../errors.ts";

/** One line of a data set; intent null: out of scope. */
const Row = z.object({ text: z.string(), intent: z.string().min(1).nullable() });
export type Row = z.infer<typeof Row>;

/** @throws SignalboxError "rows-invalid" that names the file, the line and what is wrong with it */
export function readRows(file: string): Row[] {
  const wrong = (line: number, what: string): SignalboxError =>
    new SignalboxError(
      "rows-invalid",
      `${file}, line ${line}: ${what}. A line is {"text": "…", "intent": "…" or null}.`,
    );
  let content: string;
  try {
    content = readFileSync(file, "utf8");
  } catch {
    throw new SignalboxError("rows-invalid", `${file} cannot be read. Name a file with one JSON object a line.`);
  }
  return content.split("\n").flatMap((line, i) => {
    if (line.trim() === "") return [];
    let json: unknown;
    try {
      json = JSON.parse(line);
    } catch {
      throw wrong(i + 1, "this is no JSON");
    }
    const row = Row.safeParse(json);
    if (!row.success) throw wrong(i + 1, `${row.error.issues[0]?.path.join(".")}: ${row.error.issues[0]?.message}`);
    return [row.data];
  });
}
