import { chmod, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive } from "../../src/store/embedded/process-facts.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../../src/store/embedded/start.ts";
import { createLog } from "../../src/telemetry/log.ts";

const PREFIX = "signalbox-test-";
const LONGEST_RUN_MS = 2 * 3_600_000;
/** Nothing in a test outlives it, so the disk need not be waited for. */
const settings = { fsync: "off", synchronous_commit: "off", full_page_writes: "off", max_connections: "200" };

type TestServer = { postgres: EmbeddedPostgres; folder: string };
let server: Promise<TestServer> | undefined;

/** The one PostgreSQL of this test process, started when it is first needed. */
export async function testServer(): Promise<EmbeddedPostgres> {
  server ??= start();
  return (await server).postgres;
}

export async function stopTestServer(): Promise<void> {
  if (!server) return;
  const { postgres, folder } = await server;
  server = undefined;
  await postgres.stop();
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}

async function start(): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
  // As root, PostgreSQL runs under another account, which must get in.
  await chmod(folder, 0o755);
  return { folder, postgres: await startEmbeddedPostgres({ dataDir: folder, log: createLog("silent"), settings }) };
}

/**
 * A killed run leaves a folder named with its pid, and a server that would run for ever. Once per run, before its
 * processes start, and only what is older than any run: a folder may belong to a run in a container that shares this
 * one's files and not its process numbers. What cannot be removed stays, and no test fails for it.
 */
export async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = Number(name.startsWith(PREFIX) ? name.slice(PREFIX.length).split("-")[0] : Number.NaN);
    if (Number.isNaN(pid) || isAlive(pid)) continue;
    const dataDir = join(tmpdir(), name);
    const found = await stat(dataDir).catch(() => undefined);
    if (!found || Date.now() - found.mtimeMs < LONGEST_RUN_MS) continue;
    const left = await startEmbeddedPostgres({ dataDir, log: createLog("silent"), settings }).catch(() => undefined);
    await left?.stop().catch(() => {});
    await rm(dataDir, { recursive: true, force: true, maxRetries: 3 }).catch(() => {});
  }
}
