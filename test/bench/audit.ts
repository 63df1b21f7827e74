import { randomUUID } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { verifyExport } from "../../src/audit/export/verify-export.ts";
import { writeExport } from "../../src/audit/export/write-export.ts";
import { appendAudit } from "../../src/audit/store.ts";
import { verifyChain } from "../../src/audit/verify.ts";
import { LOCAL_TENANT as tenantId } from "../../src/config.ts";
import { openDatabase } from "../../src/store/database.ts";
import { migrate } from "../../src/store/migrate.ts";
import { openPool, transaction } from "../../src/store/pool.ts";
import { createLog } from "../../src/telemetry/log.ts";

// `npm run bench -- audit`: the log on the embedded PostgreSQL, with fsync, as it is in use. Links are those of an action.
const LINKS = Number(process.env.BENCH_LINKS ?? 200_000);
const BATCH = 100;
const AT_ONCE = 4;

type Measured = { perSecond: number; cpuMicros: number };

const folder = await mkdtemp(join(tmpdir(), "signalbox-bench-"));
await chmod(folder, 0o755);
const database = await openDatabase({ databaseUrl: undefined, dataFolder: folder, log: createLog("error") });
const owner = openPool(database.ownerUrl, { name: "bench-owner", max: 1 });
const pool = openPool(database.url, { name: "bench", max: AT_ONCE });
try {
  await migrate(owner, createLog("error"));
  report("appends, one a transaction", await measure(2_000, () => append(2_000, 1)), "");
  report(`appends, ${BATCH} a transaction`, await measure(LINKS, () => append(LINKS, BATCH)), "at least 5,000 /s");
  for (const round of ["first", "second"]) {
    const links = LINKS + 2_000;
    const verifying = await measure(links, async () => fail((await verifyChain(pool, tenantId)).broken));
    report(`verify the chain, ${round}`, verifying, "at least 100,000 /s");
  }
  const to = join(folder, "export");
  report("export", await measure(LINKS, async () => fail((await writeExport(pool, tenantId, to)).broken)), "");
  for (const round of ["first", "second"])
    report(
      `verify the export, ${round}`,
      await measure(LINKS + 2_000, async () => fail((await verifyExport(to, tenantId)).broken)),
      "at least 100,000 /s",
    );
} finally {
  await pool.end();
  await owner.end();
  await database.stop();
  await rm(folder, { recursive: true, force: true });
}

async function append(links: number, size: number): Promise<void> {
  let left = links / size;
  const worker = async (): Promise<void> => {
    while (left-- > 0)
      await transaction(pool, async (tx) => {
        for (let i = 0; i < size; i += 1)
          await appendAudit(tx, {
            tenantId,
            kind: "action.done",
            actor: randomUUID(),
            runId: randomUUID(),
            data: data(),
          });
      });
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

function data(): Record<string, unknown> {
  const input = { invoice_id: "INV-1042", amount: "450.00", reason: "damaged goods" };
  return {
    ...{
      actionId: randomUUID(),
      agentId: randomUUID(),
      agentVersion: "3",
      code: "7Q2K",
      stepId: "issue",
      risk: "high",
    },
    ...{ tool: "erp.create_credit_note", systems: { read: ["erp"], written: "erp" }, input, output: { id: "CN-7101" } },
    ...{
      authority: { kind: "on-behalf-of", personId: randomUUID() },
      confidence: 0.9874,
      policyVersion: "257c90506a22",
    },
    ...{ digest: "ab".repeat(32), approvalId: randomUUID(), idempotencyKey: `${randomUUID()}:issue:${"ab".repeat(8)}` },
  };
}

async function measure(count: number, work: () => Promise<void>): Promise<Measured> {
  const begun = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { perSecond: (count / (performance.now() - begun)) * 1_000, cpuMicros: (user + system) / count };
}

function fail(broken: unknown): void {
  if (broken !== undefined) throw new Error(JSON.stringify(broken));
}

function report(what: string, { perSecond, cpuMicros }: Measured, bar: string): void {
  const figure = Math.round(perSecond).toLocaleString("en").padStart(10);
  process.stdout.write(
    `${what.padEnd(30)} ${figure} /s   ${cpuMicros.toFixed(1).padStart(7)} µs CPU of this process   ${bar}\n`,
  );
}
