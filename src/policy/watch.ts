import { messageOf } from "../errors.ts";
import type { Log } from "../telemetry/log.ts";
import { loadPolicies, type Policies } from "./cedar.ts";

/**
 * Looks at the files of the policies again and again: notifications of a file system do not reach into every container.
 * What does not parse, or does not fit its schema, is refused with a log, once, and what is in force stays.
 * @param onChange gets policies whose text is another than at the last look
 */
export function watchPolicies(options: {
  folder: string;
  filed: Policies;
  onChange(policies: Policies): Promise<void>;
  everyMs: number;
  log: Log;
}): { look(): Promise<void>; stop(): Promise<void> } {
  const { folder, onChange, everyMs, log } = options;
  let [seen, told] = [options.filed.version, ""];
  let looking = Promise.resolve();
  const lookOnce = async (): Promise<void> => {
    let now: Policies;
    try {
      now = loadPolicies(folder);
    } catch (error) {
      const why = messageOf(error);
      if (why !== told) log.error({ folder, why }, "the new policies are refused; those in force stay");
      told = why;
      return;
    }
    told = "";
    if (now.version === seen) return;
    await onChange(now);
    // Noted afterwards: where the database was away it is tried again.
    seen = now.version;
  };
  const look = (): Promise<void> => {
    looking = looking
      .then(lookOnce)
      .catch((error: unknown) => log.warn({ why: messageOf(error) }, "the policies could not be put in force yet"));
    return looking;
  };
  const timer = setInterval(() => void look(), everyMs);
  return {
    look,
    stop: async () => {
      clearInterval(timer);
      await looking;
    },
  };
}
