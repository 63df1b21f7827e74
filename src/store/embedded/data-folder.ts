import { chown, lstat, mkdir, realpath } from "node:fs/promises";
import { join, resolve } from "node:path";
import { messageOf, SignalboxError } from "../../errors.ts";
import type { Log } from "../../telemetry/log.ts";
import { type Account, accountFor, isOpenTo } from "./account.ts";
import { openFolderName } from "./open-folder.ts";

/** Where one database cluster and its few files live, and who runs it. */
export type DataFolder = {
  path: string;
  account: Account | undefined;
  cluster: string;
  password: string;
  port: string;
  postgresLog: string;
};

/**
 * The folder `postgres` in `dataDir`, made if need be, mode 700, owned by the account that runs PostgreSQL. Where
 * `dataDir` is closed to that account (a home of mode 700), it is a folder elsewhere whose name derives from `dataDir`:
 * the next start finds the same data.
 */
export async function openDataFolder(dataDir: string, log: Log): Promise<DataFolder> {
  const absolute = resolve(dataDir);
  try {
    await mkdir(absolute, { recursive: true });
    const place = await choosePlace(absolute, log);
    const account = await accountFor(place);
    await mkdir(place, { recursive: true, mode: 0o700 });
    if (account) await handOver(place, account);
    // The server tells its folder with links resolved: say it the same way.
    const path = await realpath(place);
    return {
      path,
      account,
      cluster: join(path, "cluster"),
      password: join(path, "password"),
      port: join(path, "port"),
      postgresLog: join(path, "postgres.log"),
    };
  } catch (cause) {
    if (cause instanceof SignalboxError) throw cause;
    const cure = "Set SIGNALBOX_DATA to a folder that this account may write.";
    throw new SignalboxError("data-folder", `No database in ${absolute}: ${messageOf(cause)}. ${cure}`, { cause });
  }
}

async function choosePlace(dataDir: string, log: Log): Promise<string> {
  const wanted = join(dataDir, "postgres");
  const account = await accountFor(wanted);
  if (!account || (await hasCluster(wanted))) return wanted;
  const elsewhere = openFolderName("data", await realpath(dataDir));
  if (!(await hasCluster(elsewhere)) && (await isOpenTo(dataDir, account))) return wanted;
  log.warn(
    { wanted, folder: elsewhere },
    "the data folder is closed to the account that runs PostgreSQL: data is elsewhere",
  );
  return elsewhere;
}

const hasCluster = (folder: string): Promise<boolean> =>
  lstat(join(folder, "cluster")).then(
    () => true,
    () => false,
  );

/** In a folder open to all, somebody else may have made the name first: such a folder is never used. */
async function handOver(path: string, account: Account): Promise<void> {
  const found = await lstat(path);
  if (!found.isDirectory()) throw new Error(`${path} is not a folder`);
  if (found.uid === 0) await chown(path, account.uid, account.gid);
  else if (found.uid !== account.uid) throw new Error(`${path} belongs to uid ${found.uid}`);
}
