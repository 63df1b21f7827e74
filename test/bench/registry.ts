import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { present } from "../../src/bot/present.ts";
import type { PresentPorts } from "../../src/bot/present-ports.ts";
import { readConfig } from "../../src/config.ts";
import { loadPolicies } from "../../src/policy/cedar.ts";
import type { AgentRecord } from "../../src/registry/agent-record.ts";
import { listAgents } from "../../src/registry/listing/store.ts";
import { filedOf, registerFiles } from "../../src/registry/register-files.ts";
import { loadFiles } from "../../src/registry-cli/filed-fleet.ts";
import { tableOf } from "../../src/registry-cli/list.ts";
import { asText, lookUp } from "../../src/registry-cli/show.ts";
import type { ReviewPorts } from "../../src/review/ports.ts";
import { sweepReviews } from "../../src/review/reviews/sweep-reviews.ts";
import { visitDatabase } from "../../src/store/database.ts";
import { migrate } from "../../src/store/migrate.ts";
import { openPool, type Pool } from "../../src/store/pool.ts";
import { createLog } from "../../src/telemetry/log.ts";
import { quantile } from "./meter.ts";

// `npm run bench -- registry`: a fleet of thousands of agents, from files of its own to the embedded PostgreSQL. What is printed
// of list and show is the work from the query to the text that somebody reads; a process that starts is not part of it.
const AGENTS = Number(process.env.BENCH_AGENTS ?? 5_000);
const TIMES = 30;
const MEGABYTE = 2 ** 20;

const folder = await mkdtemp(join(tmpdir(), "signalbox-bench-"));
await chmod(folder, 0o755);
const manifest = join(folder, "manifest");
try {
  await writeFleet(manifest, AGENTS);
  process.stdout.write(`${AGENTS} agents with 3 intents and 15 utterances each\n`);

  const { ms: validating, status } = command(["validate", "--manifest", manifest]);
  if (status !== 0) throw new Error("the generated fleet should be sound");
  report("validate, as a command", seconds(validating), "at most 10 s");

  const before = memory();
  const begun = performance.now();
  const { registry, plans, directory } = loadFiles(manifest);
  report("load and check all files", seconds(performance.now() - begun), "at most 10 s");
  const after = memory();
  report("memory growth, heap", megabytes(after.heap - before.heap), "");
  report("memory growth, resident", megabytes(after.resident - before.resident), "");

  const config = { ...readConfig({ SIGNALBOX_DATA: join(folder, "data") }), log: createLog("error") };
  const database = await visitDatabase(config);
  const pool = openPool(database.ownerUrl, { name: "bench", max: 16 });
  try {
    await migrate(pool, config.log);
    const filed = filedOf(registry.agents, plans);
    report(
      "register all, for the first time",
      seconds(await timed(() => registerFiles(pool, config.tenantId, filed))),
      "",
    );
    report(
      "register all again, unchanged",
      seconds(await timed(() => registerFiles(pool, config.tenantId, filed))),
      "",
    );
    await measureReading(pool, config, async () => {
      const last = registry.agents.at(-1)?.display_name ?? "";
      return asText(await lookUp({ pool, config }, last), directory);
    });
    await measureSweep(pool, config.tenantId, { registry, directory });
  } finally {
    await pool.end();
    await database.stop();
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measureReading(
  pool: Pool,
  { tenantId }: { tenantId: string },
  show: () => Promise<string>,
): Promise<void> {
  const list = async () => tableOf(await listAgents(pool, tenantId));
  const listCluster = async () => tableOf(await listAgents(pool, tenantId, { cluster: "finance" }));
  for (const [what, work] of [
    ["list all", list],
    ["list one cluster", listCluster],
    ["show one agent", show],
  ] as const) {
    const spans: number[] = [];
    for (let i = 0; i < TIMES; i += 1) spans.push(await timed(work));
    // The first of them finds cold caches, as whoever types it does.
    report(`${what}, p50`, `${quantile(spans, 0.5).toFixed(0)} ms`, "at most 100 ms");
    report(`${what}, p95`, `${quantile(spans, 0.95).toFixed(0)} ms`, "at most 100 ms");
  }
}

/** Every agent of the fleet falls due at once: a review, its evidence and its card each; then nothing is left to be done. */
async function measureSweep(
  pool: Pool,
  tenantId: string,
  { registry, directory }: Pick<ReturnType<typeof loadFiles>, "registry" | "directory">,
): Promise<void> {
  const now = new Date("2027-06-01T06:00:00Z");
  const ownerOf = (agentId: string): string | undefined =>
    directory.byUpn(registry.byId.get(agentId)?.owner_upn ?? "")?.aadObjectId;
  const nobody = (): string[] => [];
  const ports: ReviewPorts & PresentPorts = {
    ...{ tenantId, pool, directory, registry, ownerOf, policies: loadPolicies("manifest/policies") },
    ...{ agentName: () => "", leadsOf: nobody, holdersOf: nobody, respondersOf: nobody, wake: () => {} },
    ...{ clock: { now: async () => now }, recoveryMinutes: 60 },
    announce: (tx, subject) => present(tx, ports, subject),
  };
  const due = await timed(() => sweepReviews(ports, now));
  const { rows } = await pool.query<{ n: number }>(
    "select count(*)::int as n from card_copy where subject_kind = 'review'",
  );
  report(`sweep, ${rows[0]?.n} reviews fall due`, seconds(due), "at most 30 s");
  report("sweep, the day after", seconds(await timed(() => sweepReviews(ports, now))), "at most 30 s");
}

/** Agents that pass every rule: nobody's words are another's. */
async function writeFleet(to: string, agents: number): Promise<void> {
  await cp("manifest/plans", join(to, "plans"), { recursive: true });
  const clusters = ["sales", "finance", "it-security", "hr-legal"] as const;
  for (const cluster of clusters) await mkdir(join(to, "agents", cluster), { recursive: true });
  for (let i = 0; i < agents; i += 1) {
    const cluster = clusters[i % clusters.length] ?? "sales";
    await writeFile(join(to, "agents", cluster, `desk-${i}.json`), JSON.stringify(recordOf(i, cluster), null, 2));
  }
}

function recordOf(i: number, cluster: AgentRecord["cluster_id"]): object {
  const owner = "lucia.moreno@contoso.example";
  return {
    ...{ agent_id: randomUUID(), service_principal_id: randomUUID(), display_name: `Desk ${i}`, cluster_id: cluster },
    ...{ description: `Answers what people ask desk ${i} of a large fleet.`, owner_upn: owner },
    ...{ capability_mode: "read-only", status: "active", token_sla_per_session: 4_000, runtime: "planner" },
    ...{ registered_at: "2026-09-01", last_review_at: "2026-10-01", deprecation_date: "2028-08-31" },
    ...{
      instructions: "Answer what is asked, and nothing else.",
      tools: ["crm.find_customers", "crm.get_customer", "docs.find_statements"],
    },
    data_scopes: [
      { scope_name: "crm.customers", classification: "internal", approved_by: owner, approved_at: "2026-09-01" },
    ],
    intent_patterns: ["records", "figures", "papers"].map((thing) => ({
      ...{ intent_label: thing, description: `The ${thing} of desk ${i}.`, confidence_threshold: 0.6, risk: "low" },
      plan: "sales/customer-details",
      example_utterances: ["Show me the", "I need the", "What is new in the", "Where are the", "List the latest"].map(
        (words) => `${words} ${thing} of desk ${i}`,
      ),
    })),
    counter_examples: [`Delete the records of desk ${i}`],
  };
}

function command(args: string[]): { ms: number; status: number | null } {
  const begun = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, ["src/registry-cli.ts", ...args], {
    encoding: "utf8",
  });
  if (status !== 0) process.stderr.write(`${stdout.slice(0, 2_000)}${stderr}\n`);
  return { ms: performance.now() - begun, status };
}

/** After the garbage is gone, where node was told that it may be asked to (--expose-gc). */
function memory(): { heap: number; resident: number } {
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  return { heap: heapUsed, resident: rss };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

function megabytes(bytes: number): string {
  return `${(bytes / MEGABYTE).toFixed(0)} MB`;
}

function report(what: string, figure: string, bar: string): void {
  process.stdout.write(`${what.padEnd(40)} ${figure.padStart(10)}   ${bar}\n`);
}
