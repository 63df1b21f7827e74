import { readFile, realpath, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { SignalboxError } from "../../errors.ts";

/** The account that runs PostgreSQL in our place: it refuses to run as root. */
export type Account = { uid: number; gid: number };

/**
 * Undefined when PostgreSQL can run as ourselves. As root: the owner of `folder` if that is somebody else (they may have
 * started here before), otherwise `nobody`.
 */
export async function accountFor(folder: string): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = await stat(folder).catch(() => undefined);
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const passwd = await readFile("/etc/passwd", "utf8").catch(() => "");
  for (const name of ["nobody", "postgres"]) {
    const fields = passwd
      .split("\n")
      .find((line) => line.startsWith(`${name}:`))
      ?.split(":");
    const [uid, gid] = [Number(fields?.[2]), Number(fields?.[3])];
    if (uid > 0 && gid > 0) return { uid, gid };
  }
  throw new SignalboxError(
    "postgres-as-root",
    "PostgreSQL refuses to run as root, and /etc/passwd has no account nobody. Start as another account, or set DATABASE_URL.",
  );
}

/** Can `account` read and enter `path` and every folder above it? Judged by mode bits; for a missing path by what is above. */
export async function isOpenTo(path: string, account: Account): Promise<boolean> {
  let at = await realpath(path).catch(() => undefined);
  if (at === undefined) return isOpenTo(dirname(path), account);
  for (let needed = 0o5; ; needed = 0o1) {
    const { uid, gid, mode } = await stat(at);
    const bits = uid === account.uid ? mode >> 6 : gid === account.gid ? mode >> 3 : mode;
    if ((bits & needed) !== needed) return false;
    if (dirname(at) === at) return true;
    at = dirname(at);
  }
}
