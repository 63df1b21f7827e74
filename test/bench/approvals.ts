import { randomUUID } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { type App, startApp } from "../../src/app.ts";
import { readConfig } from "../../src/config.ts";
import { resolveApproval } from "../../src/run/resolve-approval.ts";
import { startRun } from "../../src/run/start-run.ts";
import { transaction } from "../../src/store/pool.ts";
import { createLog } from "../../src/telemetry/log.ts";
import { directory } from "../support/fleet.ts";
import { startLoopbackChannel } from "../support/loopback-channel.ts";
import { aPlan, aWrite } from "../support/samples.ts";

// `npm run bench -- approvals`: proposal → suspended durably → click → effect at its system → receipt recorded, with full
// audit and outbox, on the embedded PostgreSQL with fsync, 16 in flight. Measured again with more and more approvals waiting:
// what waits must not make the others dearer.
const AT_ONCE = 16;
const CYCLES = Number(process.env.BENCH_CYCLES ?? 600);
const WAITING = (process.env.BENCH_WAITING ?? "100,10000,100000").split(",").map(Number);

let queries = 0;
const original = pg.Client.prototype.query as (...given: unknown[]) => unknown;
pg.Client.prototype.query = function (this: unknown, ...given: unknown[]) {
  queries += 1;
  return original.apply(this, given);
} as typeof pg.Client.prototype.query;

const folder = await mkdtemp(join(tmpdir(), "signalbox-bench-"));
await chmod(folder, 0o755);
const channel = await startLoopbackChannel();
const app = await startApp({ ...readConfig({ SIGNALBOX_DATA: folder }), port: 0 }, createLog("error"));
try {
  // What is recorded is measured, not how fast a channel takes it: nothing in the outbox is due.
  await app.ports.pool.query("alter table outbox alter column not_before set default now() + interval '1 day'");
  await measure(app, 100);
  const rows: Row[] = [];
  for (const waiting of WAITING) {
    await makeWaiting(app, waiting);
    rows.push({ waiting, ...(await measure(app, CYCLES)) });
  }
  console.table(
    rows.map((row) => ({
      waiting: row.waiting,
      "per second": row.perSecond.toFixed(0),
      "cycle p50 ms": row.cycle50.toFixed(0),
      "cycle p95 ms": row.cycle95.toFixed(0),
      "click p50 ms": row.click50.toFixed(1),
      "click p95 ms": row.click95.toFixed(1),
      queries: row.queries.toFixed(1),
      "write transactions": row.writes.toFixed(1),
      "CPU ms": row.cpuMs.toFixed(2),
    })),
  );
  const [first, last] = [rows[0], rows.at(-1)];
  if (first !== undefined && last !== undefined)
    process.stdout.write(
      `cost with ${last.waiting} waiting against ${first.waiting}: ${(first.perSecond / last.perSecond).toFixed(2)}\n`,
    );
} finally {
  await app.stop();
  await channel.close();
  await rm(folder, { recursive: true, force: true });
}

type Row = Awaited<ReturnType<typeof measure>> & { waiting: number };

async function measure({ ports }: App, cycles: number) {
  const { pool, tenantId } = ports;
  const invoices = await pool.query<{ invoice_id: string }>(
    "select invoice_id from erp.invoice_state where open_amount > 50 and status <> 'paid'",
  );
  const agent = ports.registry.agents.find(({ display_name }) => display_name === "Invoice Agent");
  const jonas = directory.byUpn("jonas.weber@contoso.example");
  const maya = directory.byUpn("maya.lindqvist@contoso.example");
  if (agent === undefined || jonas === undefined || maya === undefined)
    throw new Error("the sample company has changed");
  const clicks: number[] = [];
  const spans: number[] = [];
  const done = new Map<string, () => void>();
  const lookOut = watch(app, done);
  const one = async (i: number): Promise<void> => {
    const began = performance.now();
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
    spans.push(performance.now() - began);
  };
  const before = { queries, cpu: process.cpuUsage(), xid: await xid(app), at: performance.now() };
  let next = 0;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (next < cycles) await one(next++);
    }),
  );
  const seconds = (performance.now() - before.at) / 1_000;
  const cpu = process.cpuUsage(before.cpu);
  const result = {
    perSecond: cycles / seconds,
    ...{ cycle50: quantile(spans, 0.5), cycle95: quantile(spans, 0.95) },
    ...{ click50: quantile(clicks, 0.5), click95: quantile(clicks, 0.95) },
    queries: (queries - before.queries) / cycles,
    writes: ((await xid(app)) - before.xid) / cycles,
    cpuMs: (cpu.user + cpu.system) / 1_000 / cycles,
  };
  lookOut.stop();
  return result;
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

async function xid({ ports }: App): Promise<number> {
  const { rows } = await ports.pool.query<{ xid: string }>("select pg_current_xact_id()::text as xid");
  return Number(rows[0]?.xid);
}

/** Fills up with approvals that wait, each with its run, its people, its cards and its timer, copied from a real one. */
async function makeWaiting({ ports }: App, wanted: number): Promise<void> {
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
  await transaction(pool, async (tx) => {
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
      await tx.query({
        text: `insert into ${table} (${names.join(", ")}) select ${values.join(", ")} from ids, ${table} t where ${key} ${where}`,
        query_timeout: 600_000,
      } as never);
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
  await pool.query({ text: "vacuum analyze", query_timeout: 600_000 } as never);
}

function quantile(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length * share)] ?? 0;
}
