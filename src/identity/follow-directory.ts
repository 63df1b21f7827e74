import { statSync } from "node:fs";
import { every } from "../engine/every.ts";
import { messageOf } from "../errors.ts";
import type { Log } from "../telemetry/log.ts";
import { type Directory, loadDirectory } from "./directory.ts";

const LOOK_EVERY_MS = 2_000;

/**
 * The directory as its file says it at any moment: who joins, leaves or gets another role counts without a restart. A file that
 * cannot be read, or has errors, changes nothing and is told of once: the people who were there stay.
 * @throws SignalboxError "people-file-invalid" where it has errors from the start
 */
export function followDirectory(file: string, log: Log): { directory: Directory; look(): void; stop(): Promise<void> } {
  let seen = stampOf(file);
  let current = loadDirectory(file);
  const look = (): void => {
    const stamp = stampOf(file);
    if (stamp === seen) return;
    seen = stamp;
    try {
      current = loadDirectory(file);
      log.info({ file, entries: current.people.length }, "the people directory has changed");
    } catch (error) {
      log.error(
        { error: messageOf(error) },
        "the people directory has changed and cannot be used: the former one stays",
      );
    }
  };
  const looking = every(LOOK_EVERY_MS, async () => look());
  return {
    directory: {
      get people() {
        return current.people;
      },
      byId: (aadObjectId) => current.byId(aadObjectId),
      byUpn: (upn) => current.byUpn(upn),
      named: (text) => current.named(text),
    },
    look,
    stop: looking.stop,
  };
}

/** Tells two states of a file apart; a file that is gone has one too. */
function stampOf(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  return found === undefined ? "gone" : `${found.mtimeMs} ${found.size} ${found.ino}`;
}
