import { mkdir, open, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, SignalboxError } from "../../errors.ts";
import { type Anchor, type Anchors, lineOf, readLines } from "./anchor.ts";

/** Where anchors go: a folder with a file for each day, each only ever appended to, and the key of their signatures. */
export type AnchorPlace = { folder: string; key: string | undefined };

/** All anchors, oldest first; none where the folder is not there. @throws SignalboxError "anchors-unreadable" */
export async function readAnchors({ folder, key }: AnchorPlace): Promise<Anchors> {
  const texts = await Promise.all((await filesIn(folder)).map((name) => read(join(folder, name))));
  return readLines(texts.join("\n"), key);
}

/** Those of the latest day that has any. */
export async function latestAnchors({ folder, key }: AnchorPlace): Promise<Anchors> {
  const name = (await filesIn(folder)).at(-1);
  return readLines(name === undefined ? "" : await read(join(folder, name)), key);
}

/** Adds anchors behind the last line and waits until they are on disk. @throws SignalboxError "anchors-unwritable" */
export async function appendAnchors(place: AnchorPlace, anchors: readonly Anchor[]): Promise<void> {
  let { last } = await latestAnchors(place);
  const days = Map.groupBy(anchors, ({ at }) => at.slice(0, 10));
  for (const [day, ofDay] of days) {
    const lines = ofDay.map((anchor) => {
      last = lineOf(anchor, last, place.key);
      return last;
    });
    await append(place.folder, `${day}.ndjson`, lines);
  }
}

async function append(folder: string, name: string, lines: readonly string[]): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    const file = await open(join(folder, name), "a", 0o640);
    try {
      // Whatever a process that died left of a line ends here.
      await file.appendFile(`\n${lines.join("\n")}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (cause) {
    const cure = "Let this account append to it, or set SIGNALBOX_AUDIT_ANCHORS to a folder that it may write.";
    throw new SignalboxError("anchors-unwritable", `${messageOf(cause)}. ${cure}`, { cause });
  }
}

async function filesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return [];
    throw unreadable(cause);
  });
  return names.filter((name) => /^\d{4}-\d\d-\d\d\.ndjson$/.test(name)).sort();
}

function read(file: string): Promise<string> {
  return readFile(file, "utf8").catch((cause) => {
    throw unreadable(cause);
  });
}

function unreadable(cause: unknown): SignalboxError {
  const cure = "Let this account read it, or set SIGNALBOX_AUDIT_ANCHORS to where the anchors are.";
  return new SignalboxError("anchors-unreadable", `${messageOf(cause)}. ${cure}`, { cause });
}
