import { randomUUID } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { QueryConfig } from "pg";
import { type App, startApp } from "../../src/app.ts";
import { readConfig } from "../../src/config.ts";
import { resolveApproval } from "../../src/run/resolve-approval.ts";
import { startRun } from "../../src/run/start-run.ts";
import { openDatabase } from "../../src/store/database.ts";
import { openPool, type Pool, type Queryable, transaction } from "../../src/store/pool.ts";
import { createLog } from "../../src/telemetry/log.ts";
import { directory } from "../support/fleet.ts";
import { startLoopbackChannel } from "../support/loopback-channel.ts";
import { aPlan, aWrite } from "../support/samples.ts";
import { measureBareEngine } from "./bare-engine.ts";
import { type Measured, meter, quantile } from "./meter.ts";

// `npm run bench -- approvals`: proposal → suspended durably → click → effect at its system → receipt recorded, with full
// audit and outbox, on the embedded PostgreSQL with fsync, 16 in flight. Measured again with more and more approvals waiting:
// what waits must not make the others dearer.
const CYCLES = Number(process.env.BENCH_CYCLES ?? 600);
const WAITING = (process.env.BENCH_WAITING ?? "100,10000,100000").split(",").map(Number);

const folder = await mkdtemp(join(tmpdir(), "signalbox-bench-"));
await chmod(folder, 0o755);
const channel = await startLoopbackChannel();
const config = { ...readConfig({ SIGNALBOX_DATA: folder }), port: 0 };
const log = createLog("error");
try {
  const bare = await measureBareEngine(join(folder, "bare"), CYCLES);
  const opening = openDatabase({ ...config, log });
  const app = await startApp(config, log, opening);
  // The bot itself may neither change tables nor look into other systems.
  const owner = openPool((await opening).ownerUrl, { name: "bench-owner", max: 2 });
  const rows = await measureAll(app, owner).finally(async () => {
    await owner.end();
    await app.stop();
  });
  report(bare, rows);
} finally {
  await channel.close();
  await rm(folder, { recursive: true, force: true });
}

async function measureAll(app: App, owner: Pool): Promise<Row[]> {
  // What is recorded is measured, not how fast a channel takes it: nothing in the outbox is due.
  await owner.query("alter table outbox alter column not_before set default now() + interval '1 day'");
  await measure(app, owner, 100);
  const rows: Row[] = [];
  for (const waiting of WAITING) {
    await makeWaiting(app, owner, waiting);
    rows.push({ waiting, ...(await measure(app, owner, CYCLES)) });
  }
  return rows;
}

function report(bare: Measured, rows: readonly Row[]): void {
  const shown = (row: Measured) => ({
    "per second": row.perSecond.toFixed(0),
    "cycle p50 ms": row.cycle50.toFixed(0),
    "cycle p95 ms": row.cycle95.toFixed(0),
    queries: row.queries.toFixed(1),
    "write transactions": row.writes.toFixed(1),
    "CPU ms": row.cpuMs.toFixed(2),
  });
  console.table([
    { what: "bare engine, one step", ...shown(bare) },
    ...rows.map((row) => ({
      what: `${row.waiting} waiting`,
      ...shown(row),
      "click p50 ms": row.click50.toFixed(1),
      "click p95 ms": row.click95.toFixed(1),
    })),
  ]);
  const [first, last] = [rows[0], rows.at(-1)];
  if (first === undefined || last === undefined) return;
  const ratio = (a: number, b: number): string => (a / b).toFixed(2);
  process.stdout.write(
    `bare engine against this, per second: ${ratio(bare.perSecond, first.perSecond)}, CPU: ${ratio(first.cpuMs, bare.cpuMs)}\n` +
      `cost with ${last.waiting} waiting against ${first.waiting}: ${ratio(first.perSecond, last.perSecond)}\n`,
  );
}

type Row = Awaited<ReturnType<typeof measure>> & { waiting: number };

async function measure(app: App, owner: Pool, cycles: number) {
  const { ports } = app;
  const { pool, tenantId } = ports;
  const invoices = await owner.query<{ invoice_id: string }>(
    "select invoice_id from erp.invoice_state where open_amount > 50 and status <> 'paid'",
  );
  const agent = ports.registry.agents.find(({ display_name }) => display_name === "Invoice Agent");
  const jonas = directory.byUpn("jonas.weber@contoso.example");
  const maya = directory.byUpn("maya.lindqvist@contoso.example");
  if (agent === undefined || jonas === undefined || maya === undefined)
    throw new Error("the sample company has changed");
  const clicks: number[] = [];
  const done = new Map<string, () => void>();
  const lookOut = watch(app, done);
  const one = async (i: number): Promise<void> => {
    const invoice_id = invoices.rows[i % invoices.rows.length]?.invoice_id ?? "";
    const plan = aPlan({ steps: [aWrite({ args: { invoice_id, amount: "0.01", reason: "bench" }, amount: "0.01" })] });
    const code = randomUUID().slice(0, 13);
    const runId = await transaction(pool, (tx) =>
      startRun(tx, ports, {
        ...{ plan, code, turnId: randomUUID(), conversationId: "a:bench", requesterId: maya.aadObjectId },
        agent: { agentId: agent.agent_id, version: "1", clusterId: "finance" },
      }),
    );
    const { rows } = await pool.query<{ approval_id: string }>(
      "select approval_id from approval where tenant_id = $1 and run_id = $2",
      [tenantId, runId],
    );
    const finished = new Promise<void>((resolve) => done.set(runId, resolve));
    const clicked = performance.now();
    await resolveApproval(ports, {
      ...{
        approvalId: rows[0]?.approval_id ?? "",
        seenInputs: 1,
        actor: jonas,
        actorId: jonas.aadObjectId,
        via: "card",
        verb: "approve",
      },
    });
    clicks.push(performance.now() - clicked);
    await finished;
  };
  const measured = await meter(pool, cycles, one);
  lookOut.stop();
  return { ...measured, click50: quantile(clicks, 0.5), click95: quantile(clicks, 0.95) };
}

/** Tells of runs whose receipt is recorded: it is in the transaction that completes them. */
function watch({ ports }: App, done: Map<string, () => void>): { stop(): void } {
  let stopped = false;
  void (async () => {
    while (!stopped) {
      if (done.size > 0) {
        const { rows } = await ports.pool.query<{ run_id: string }>({
          name: "bench-watch",
          text: "select run_id from run where tenant_id = $1 and run_id = any($2) and status = 'completed'",
          values: [ports.tenantId, [...done.keys()]],
        });
        for (const { run_id } of rows) {
          done.get(run_id)?.();
          done.delete(run_id);
        }
      }
      await sleep(5);
    }
  })();
  return { stop: () => (stopped = true) };
}

/** Fills up with approvals that wait, each with its run, its people, its cards and its timer, copied from a real one. */
async function makeWaiting({ ports }: App, owner: Pool, wanted: number): Promise<void> {
  const { pool, tenantId } = ports;
  const { rows } = await pool.query<{ n: number }>("select count(*)::int as n from approval where status = 'pending'");
  const missing = wanted - (rows[0]?.n ?? 0);
  if (missing <= 0) return;
  const agent = ports.registry.agents.find(({ display_name }) => display_name === "Invoice Agent");
  const maya = directory.byUpn("maya.lindqvist@contoso.example");
  const runId = await transaction(pool, (tx) =>
    startRun(tx, ports, {
      ...{
        plan: aPlan({ steps: [aWrite({ amount: "0.01" })] }),
        code: randomUUID().slice(0, 13),
        turnId: randomUUID(),
      },
      ...{ conversationId: "a:bench", requesterId: maya?.aadObjectId ?? "" },
      agent: { agentId: agent?.agent_id ?? "", version: "1", clusterId: "finance" },
    }),
  );
  await transaction(owner, async (tx) => {
    await tx.query("set local statement_timeout = 0");
    await tx.query(
      "create temporary table ids on commit drop as select i, gen_random_uuid() as run_id, gen_random_uuid() as action_id, gen_random_uuid() as approval_id from generate_series(1, $1::int) i",
      [missing - 1],
    );
    const copy = async (table: string, key: string, changes: Record<string, string>, where: string): Promise<void> => {
      const columns = await tx.query<{ name: string }>(
        "select column_name as name from information_schema.columns where table_schema || '.' || table_name = $1 and is_identity = 'NO' and is_generated = 'NEVER' order by ordinal_position",
        [table],
      );
      const names = columns.rows.map(({ name }) => name);
      const values = names.map((name) => changes[name] ?? `t.${name}`);
      await patiently(
        tx,
        `insert into ${table} (${names.join(", ")}) select ${values.join(", ")} from ids, ${table} t where ${key} ${where}`,
      );
    };
    const ofRun = `= '${runId}'`;
    const ofApproval = `in (select approval_id from approval where tenant_id = '${tenantId}' and run_id = '${runId}')`;
    await copy("public.run", "t.run_id", { run_id: "ids.run_id", code: "'w' || left(ids.run_id::text, 13)" }, ofRun);
    await copy("public.run_event", "t.run_id", { run_id: "ids.run_id" }, ofRun);
    await copy(
      "public.action",
      "t.run_id",
      {
        run_id: "ids.run_id",
        action_id: "ids.action_id",
        approval_id: "ids.approval_id",
        idempotency_key: "ids.run_id::text || ':act'",
      },
      ofRun,
    );
    await copy(
      "public.approval",
      "t.run_id",
      {
        run_id: "ids.run_id",
        action_id: "ids.action_id",
        approval_id: "ids.approval_id",
        code: "'w' || left(ids.run_id::text, 13)",
      },
      ofRun,
    );
    await copy("public.approval_asked", "t.approval_id", { approval_id: "ids.approval_id" }, ofApproval);
    await copy(
      "public.card_copy",
      "t.subject_id",
      { card_copy_id: "gen_random_uuid()", subject_id: "ids.approval_id" },
      ofApproval,
    );
    await copy(
      "dbos.workflow_status",
      "t.workflow_uuid",
      { workflow_uuid: "'timer:' || ids.approval_id || ':remind'" },
      `like 'timer:' || (select approval_id from approval where run_id = '${runId}') || '%'`,
    );
  });
  await patiently(owner, "vacuum analyze");
}

/** The types of pg lack this option of a query. */
async function patiently(db: Queryable, text: string): Promise<void> {
  const query: QueryConfig & { query_timeout: number } = { text, query_timeout: 600_000 };
  await db.query(query);
}
