import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import canonicalize from "canonicalize";
import { viewOfRun } from "../../src/bot/view.ts";
import { renderApproval } from "../../src/card/approval.ts";
import { renderRun } from "../../src/card/run.ts";
import { type Database, openDatabase } from "../../src/store/database.ts";
import { openPool, type Pool } from "../../src/store/pool.ts";
import { createLog } from "../../src/telemetry/log.ts";
import {
  type BotProcess,
  freePort,
  killHard,
  openDatabaseOf,
  postgresPids,
  startBotProcess,
} from "../support/bot-process.ts";
import { buttonsOf, readable } from "../support/card-content.ts";
import { directory, theRegistry } from "../support/fleet.ts";
import { type LoopbackChannel, type Shown, startLoopbackChannel } from "../support/loopback-channel.ts";
import { around } from "../support/office.ts";

/** What is drilled: runs are killed on purpose while people ask and approve, and afterwards everything is counted. */
export type DrillOptions = {
  approvals: number;
  kills: number;
  processes: number;
  /** the database dies with the bot */
  withDatabase: boolean;
  /** a process is frozen until others have taken over its work, and comes back */
  freeze: boolean;
};

export type DrillReport = {
  approvals: number;
  kills: number;
  processes: number;
  completed: number;
  /** asked and approved, and nothing came of it */
  lost: number;
  /** effects beyond the first of one approval */
  duplicateEffects: number;
  /** calls of a system beyond the first of one effect: absorbed by the idempotency key */
  repeatedAttempts: number;
  /** cards whose latest state in the chat is not what the ledger says, or not what is true */
  untrueCards: number;
  brokenAudit: boolean;
  restoreMsP50: number;
  restoreMsMax: number;
  seconds: number;
};

const agents = theRegistry();
const AT_ONCE = 8;
const PATIENCE_MS = Number(process.env.TEST_PATIENCE_MS ?? 240_000);
const TAKE_OVER_SECONDS = 4;

export async function drill(options: DrillOptions): Promise<DrillReport> {
  const began = Date.now();
  const folder = await mkdtemp(join(tmpdir(), "signalbox-drill-"));
  await chmod(folder, 0o755);
  const shared =
    options.processes > 1
      ? await openDatabase({ databaseUrl: undefined, dataFolder: folder, log: createLog("silent") })
      : undefined;
  const channel = await startLoopbackChannel();
  const fleet = await startFleet(options, folder, shared);
  try {
    const work = askAndApprove(options, fleet, channel);
    const restores = await killSome(options, fleet, folder, work);
    const marks = await work;
    return {
      ...(await count(options, fleet.pool(), channel, marks)),
      ...restoreTimes(restores),
      seconds: Math.round((Date.now() - began) / 1_000),
    };
  } finally {
    await fleet.stop();
    await channel.close();
    await shared?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

type Bots = {
  url(i: number): string;
  kill(i: number, database: boolean): Promise<number>;
  freeze(i: number): Promise<number>;
  pool(): Pool;
  stop(): Promise<void>;
};

async function startFleet(options: DrillOptions, folder: string, shared: Database | undefined): Promise<Bots> {
  const ports = await Promise.all(Array.from({ length: options.processes }, freePort));
  const environment = (i: number): Record<string, string> => ({
    PORT: String(ports[i]),
    TAKE_OVER_SECONDS: String(TAKE_OVER_SECONDS),
    LOG_LEVEL: "fatal",
    ...(shared === undefined ? {} : { DATABASE_URL: shared.url, DATABASE_OWNER_URL: shared.ownerUrl }),
  });
  const start = (i: number): Promise<BotProcess> => startBotProcess(folder, environment(i));
  // At the same moment, on an empty database: all come up.
  const bots = await Promise.all(ports.map((_, i) => start(i)));
  let pool: Pool | undefined;
  return {
    url: (i) => `http://127.0.0.1:${ports[i]}`,
    async kill(i, database) {
      const killed = Date.now();
      if (database && shared !== undefined) for (const pid of postgresPids(folder)) killHard(pid);
      await bots[i]?.powerCut({ database: database && shared === undefined });
      bots[i] = await start(i);
      return Date.now() - killed;
    },
    async freeze(i) {
      const pid = bots[i]?.pid ?? 0;
      process.kill(pid, "SIGSTOP");
      const frozen = Date.now();
      await sleep((TAKE_OVER_SECONDS + 3) * 1_000);
      process.kill(pid, "SIGCONT");
      return Date.now() - frozen;
    },
    pool: () => {
      pool ??= shared === undefined ? openDatabaseOf(folder) : openPool(shared.ownerUrl, { name: "drill", max: 2 });
      return pool;
    },
    async stop() {
      await pool?.end();
      await Promise.all(bots.map((bot) => bot.stop()));
    },
  };
}

/** Kills or freezes at random moments while the work goes on. @returns how long each restart took, until it was ready again */
async function killSome(
  options: DrillOptions,
  fleet: Bots,
  _folder: string,
  work: Promise<unknown>,
): Promise<number[]> {
  const restores: number[] = [];
  let isOver = false;
  work.then(
    () => (isOver = true),
    () => (isOver = true),
  );
  for (let i = 0; i < options.kills && !isOver; i += 1) {
    await sleep(200 + Math.random() * 1_300);
    const which = Math.floor(Math.random() * options.processes);
    restores.push(options.freeze ? await fleet.freeze(which) : await fleet.kill(which, options.withDatabase));
  }
  return restores;
}

/** Many people ask for a credit note of one case each; approvers approve, some of them twice and at once. */
async function askAndApprove(options: DrillOptions, fleet: Bots, channel: LoopbackChannel): Promise<string[]> {
  const marks = Array.from({ length: options.approvals }, (_, i) => `drill case ${String(i + 1).padStart(4, "0")}`);
  const invoices = ["INV-1042", "INV-1063", "INV-1088", "INV-1017", "INV-1120", "INV-1030"];
  const open = [...marks.keys()];
  // Like a load balancer: to whoever answers.
  let turn = 0;
  const throughAny = async <T>(send: (url: string) => Promise<T>): Promise<T> => {
    for (const giveUp = Date.now() + PATIENCE_MS; ; await sleep(100)) {
      const url = fleet.url(turn++ % options.processes);
      try {
        return await send(url);
      } catch (error) {
        if (Date.now() > giveUp) throw error;
      }
    }
  };
  const one = async (i: number): Promise<void> => {
    const mark = marks[i] ?? "";
    const requester = ["maya.lindqvist", "noah.fischer", "lucia.moreno", "amara.diallo"][i % 4] ?? "";
    const what = `${(1 + i / 100).toFixed(2)} EUR for ${invoices[i % invoices.length]}`;
    const text = `Raise a credit note of ${what}, ${mark}`;
    const activityId = `ask-${mark}`;
    // A channel that hears no acknowledgement sends the same activity again.
    await throughAny(async (url) => {
      const status = await limited(around(url, channel).colleague(requester).says(text, { activityId }));
      if (status >= 500) throw new Error(`the bot answered ${status}`);
    });
    const about = (words: RegExp) => (shown: Shown) =>
      shown.card !== undefined &&
      words.test(readable(shown.card)) &&
      readable(shown.card).includes(`Credit note of ${what}`);
    const chatOf = (name: string) => around(fleet.url(0), channel).colleague(`${name}`).conversationId;
    const deciders = i % 2 === 0 ? ["jonas.weber", "priya.nair"] : ["priya.nair", "jonas.weber"];
    const [first = "", second = ""] = deciders;
    const question = await seen(channel, chatOf(first), about(/Your approval is needed|Approved by/));
    const other =
      i % 5 === 0 ? await seen(channel, chatOf(second), about(/Your approval is needed|Approved by/)) : undefined;
    const click = (name: string, shown: Shown): Promise<unknown> =>
      throughAny(async (url) => {
        if (!buttonsOf(shown.card).some(({ title }) => title === "Approve")) return;
        const answer = await limited(around(url, channel).colleague(name).clicks(shown, "Approve"));
        // Without a status of its own it is the server that said no, such as while it starts.
        if (!(answer.statusCode < 500)) throw new Error("not recorded: the person clicks again");
      });
    await Promise.all([click(first, question), ...(other === undefined ? [] : [click(second, other)])]);
    await seen(channel, chatOf(requester), about(/Approved by .+, and done/));
  };
  const workers = Array.from({ length: AT_ONCE }, async () => {
    for (let i = open.shift(); i !== undefined; i = open.shift()) await one(i);
  });
  const results = await Promise.allSettled(workers);
  for (const result of results) if (result.status === "rejected") process.stderr.write(`${String(result.reason)}\n`);
  // What people see last may still be under way to them.
  await sleep(3_000);
  return marks;
}

/** A process that was stopped answers nothing: the channel gives up after a while and tries another. */
async function limited<T>(work: Promise<T>): Promise<T> {
  const late = sleep(10_000).then(() => {
    throw new Error("no answer within 10 s");
  });
  return Promise.race([work, late]);
}

async function seen(
  channel: LoopbackChannel,
  conversationId: string,
  matches: (shown: Shown) => boolean,
): Promise<Shown> {
  for (const giveUp = Date.now() + PATIENCE_MS; Date.now() < giveUp; await sleep(40)) {
    const found = channel.shown(conversationId).findLast(matches);
    if (found !== undefined) return structuredClone(found);
  }
  throw new Error(`nobody ever saw it in ${conversationId}`);
}

async function count(
  options: DrillOptions,
  pool: Pool,
  channel: LoopbackChannel,
  marks: readonly string[],
): Promise<Omit<DrillReport, "restoreMsP50" | "restoreMsMax" | "seconds">> {
  const effects = await pool.query<{ reason: string; n: number }>(
    "select reason, count(*)::int as n from erp.credit_note where reason like '%drill case%' group by reason",
  );
  const of = new Map(effects.rows.map(({ reason, n }) => [/drill case \d+/.exec(reason)?.[0], n]));
  const runs = await pool.query<{ n: number }>(
    "select count(*)::int as n from run where status = 'completed' and plan ->> 'plan' = 'finance/credit-note'",
  );
  const attempts = await pool.query<{ n: number }>(
    "select coalesce(sum(attempts - 1), 0)::int as n from (select count(*) as attempts from action_attempt group by action_id) a",
  );
  const broken = await pool.query<{ tenant_id: string }>("select distinct tenant_id from audit_log");
  const { verifyChain } = await import("../../src/audit/verify.ts");
  const chains = await Promise.all(broken.rows.map(({ tenant_id }) => verifyChain(pool, tenant_id)));
  const lost = marks.filter((mark) => !of.has(mark));
  for (const mark of lost) {
    const turns = await pool.query(
      "select outcome, code, text, reply ->> 'told' as told from turn where text like '%' || $1 || '%'",
      [mark],
    );
    const seen = await pool.query("select state, tries, worker from activity_seen where activity_id = $1", [
      `ask-${mark}`,
    ]);
    const states = await pool.query(
      `select r.status, r.state -> 'isQueued' as queued, r.state -> 'isActing' as acting, a.status as approval, a.approval_id,
              (select json_agg(json_build_object('id', workflow_uuid, 'status', status, 'queue', queue_name)) from dbos.workflow_status w where workflow_uuid like '%' || r.run_id || '%') as jobs,
              (select json_agg(json_build_object('state', state, 'verb', verb, 'attempts', attempts, 'error', last_error)) from outbox o where dedupe_key like 'approval:' || a.approval_id || '%') as cards
         from run r join approval a using (run_id) join turn t on t.turn_id = r.turn_id where t.text like '%' || $1 || '%'`,
      [mark],
    );
    process.stderr.write(
      `lost: ${mark}: ${JSON.stringify({ turns: turns.rows, activity: seen.rows, states: states.rows })}\n`,
    );
  }
  const unfinished = await pool.query(
    `select r.code, r.status, r.state, a.status as approval,
            (select json_agg(json_build_object('id', workflow_uuid, 'status', status, 'executor', executor_id, 'queue', queue_name, 'error', error)) from dbos.workflow_status w where workflow_uuid like '%' || r.run_id || '%') as jobs,
            (select json_agg(t) from action_attempt t join action x using (action_id) where x.run_id = r.run_id) as attempts
       from run r left join approval a using (run_id) where r.status <> 'completed' and r.plan ->> 'plan' = 'finance/credit-note'`,
  );
  for (const run of unfinished.rows) process.stderr.write(`unfinished: ${JSON.stringify(run)}\n`);
  return {
    approvals: options.approvals,
    kills: options.kills,
    processes: options.processes,
    completed: runs.rows[0]?.n ?? 0,
    lost: lost.length,
    duplicateEffects: [...of.values()].reduce((sum, n) => sum + n - 1, 0),
    repeatedAttempts: attempts.rows[0]?.n ?? 0,
    untrueCards: await untrueCards(pool, channel),
    brokenAudit: chains.some((chain) => chain.broken !== undefined),
  };
}

/** Renders every card of the ledger from the state, and compares it with what the chat shows. */
async function untrueCards(pool: Pool, channel: LoopbackChannel): Promise<number> {
  type Copy = {
    tenant_id: string;
    kind: string;
    view: string;
    subject_id: string;
    run_id: string;
    conversation_id: string;
    activity_id: string;
  };
  const { rows } = await pool.query<Copy>(
    `select c.tenant_id, subject_kind as kind, view, subject_id, coalesce(a.run_id, subject_id) as run_id, conversation_id, activity_id
       from card_copy c left join approval a on a.tenant_id = c.tenant_id and a.approval_id = c.subject_id
      where subject_kind in ('run', 'approval') and view in ('approver', 'requester') and c.state <> 'dead'`,
  );
  let untrue = 0;
  for (const copy of rows) {
    const ports = {
      tenantId: copy.tenant_id,
      directory,
      agentName: (id: string) => agents.byId.get(id)?.display_name ?? "",
    };
    const view = await viewOfRun(pool, ports, copy.run_id);
    const approval = view?.approvals.find(({ approvalId }) => approvalId === copy.subject_id);
    const true_ =
      view === undefined ? undefined : approval === undefined ? renderRun(view) : renderApproval({ ...view, approval });
    const shown = channel.message(copy.activity_id);
    if (shown?.card === undefined || canonicalize(shown.card) !== canonicalize(true_)) {
      untrue += 1;
      process.stderr.write(
        `untrue: ${copy.kind} ${copy.view} ${view?.run.code} ${view?.run.status}: ${readable(shown?.card).slice(0, 80)}\n`,
      );
    }
  }
  return untrue;
}

function restoreTimes(restores: readonly number[]): Pick<DrillReport, "restoreMsP50" | "restoreMsMax"> {
  const sorted = [...restores].sort((a, b) => a - b);
  return { restoreMsP50: sorted[Math.floor(sorted.length / 2)] ?? 0, restoreMsMax: sorted.at(-1) ?? 0 };
}
