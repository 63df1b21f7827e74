import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { DBOS, DBOSClient } from "@dbos-inc/dbos-sdk";
import { SignalboxError } from "../errors.ts";
import { withAdvisoryLock } from "../store/advisory-lock.ts";
import { alongside, type Pool, type Tx } from "../store/pool.ts";
import type { Log } from "../telemetry/log.ts";
import { dbosLog } from "./dbos-log.ts";
import { type Liveness, startLiveness } from "./liveness.ts";
import { startRetention } from "./retention.ts";

export { outlastOutage, step } from "./step.ts";

/**
 * A piece of durable work. `id` is the workflow's identity: a second job with the same id changes nothing, and an id is
 * never used for other work. `args` are ids only, data stays in our tables.
 */
export type Job = { workflow: string; id: string; queue: "actions" | "timers"; args: string[]; delaySeconds?: number };

/** What a job runs: an orchestration of steps, without clock, random or input of its own, so that it can be replayed. */
export type Workflow = { name: string; run(...args: string[]): Promise<void> };

export type Engine = {
  /** Puts the job into the caller's transaction: it exists when that commits. */
  enqueue(tx: Tx, job: Job): Promise<void>;
  ready(): Promise<boolean>;
  executorId: string;
  /** Stops taking work, waits up to `drainMs` for what runs, and leaves the rest to other processes or the next start. */
  stop(options?: { drainMs?: number }): Promise<void>;
};

/**
 * Work is taken over only by processes of the same version, so this changes never: workflows change behind
 * `DBOS.patch`. (Left alone, it would be a hash of the code, and each edit would strand the work under way.)
 */
const VERSION = "workflows-1";
const APPLICATION = "signalbox";
/** A job that kills its process again and again is given up after so many tries. */
const MAX_RECOVERIES = 1_000;
const AT_ONCE_PER_PROCESS = 20;
/** The delay is counted on the clocks of the processes, deadlines on the database's: a timer must not come too early. */
const TIMER_MARGIN_SECONDS = 1;

export type EngineOptions = {
  /** as whom it works; needs to read and write its tables, no more */
  databaseUrl: string;
  /** as whoever makes its tables, for the start only; undefined: the same */
  ownerUrl?: string;
  pool: Pool;
  workflows: Workflow[];
  log: Log;
  /** from `newExecutorId`, where others must know it before the engine starts */
  executorId?: string;
  version?: string;
  liveness?: Liveness;
  poll?: { actionsMs: number; timersMs: number };
  /** No other process can use this database (it is embedded and ours): work left behind is taken over at once. */
  alone?: boolean;
  /** Days that the records of finished jobs are kept. */
  keepDays?: number;
};

/** Names this process for as long as it lives; never used twice. */
export function newExecutorId(): string {
  return `${hostname()}-${process.pid}-${randomBytes(4).toString("hex")}`;
}

/** One engine per process: the library keeps its state in globals. */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { databaseUrl, ownerUrl = databaseUrl, pool, log, version = VERSION } = options;
  const { poll = { actionsMs: 100, timersMs: 1_000 } } = options;
  if (DBOS.isInitialized())
    throw new SignalboxError("engine-twice", "An engine runs in this process already: stop it first.");
  const executorId = options.executorId ?? newExecutorId();
  const logger = dbosLog(log);

  for (const { name, run } of options.workflows)
    DBOS.registerWorkflow(run, { name, maxRecoveryAttempts: MAX_RECOVERIES });
  DBOS.setConfig({
    name: APPLICATION,
    systemDatabaseUrl: withIdleLimit(databaseUrl),
    applicationVersion: version,
    // Whoever may make tables makes them below: this login need not be allowed to.
    runMigrations: false,
    enablePatching: true,
    executorID: executorId,
    logger,
    // Nothing here waits for a message, and schedules are not used.
    useListenNotify: false,
    schedulerPollingIntervalMs: 3_600_000,
  });
  // Before the launch: others must not see work of a process that they do not know.
  const liveness = await startLiveness({ pool, log, executorId, alone: options.alone ?? false, ...options.liveness });
  try {
    // Two processes that create the library's tables at once break each other.
    await withAdvisoryLock(pool, "engine", async () => {
      await makeEngineTables(ownerUrl);
      await DBOS.launch();
    });
    await DBOS.registerQueue("actions", {
      workerConcurrency: AT_ONCE_PER_PROCESS,
      minPollingIntervalMs: poll.actionsMs,
    });
    await DBOS.registerQueue("timers", { workerConcurrency: AT_ONCE_PER_PROCESS, minPollingIntervalMs: poll.timersMs });
  } catch (cause) {
    await liveness.stop();
    await DBOS.shutdown({ deregister: true });
    throw cause;
  }
  const queue = await openQueue({ databaseUrl, pool, log, version });
  const known = new Set(options.workflows.map(({ name }) => name));
  const retention = startRetention(log, options.keepDays ?? 14);
  liveness.launched();
  log.info({ executorId, version }, "the engine is up");

  return {
    executorId,
    enqueue: async (tx, job) => {
      if (!known.has(job.workflow))
        throw new SignalboxError("workflow-unknown", `No workflow is named ${job.workflow}.`);
      await queue.enqueue(tx, job);
    },
    ready: async () =>
      DBOS.isInitialized() &&
      (await pool.query("select 1").then(
        () => true,
        () => false,
      )),
    stop: async ({ drainMs = 0 } = {}) => {
      await retention.stop();
      try {
        await DBOS.shutdown({ deregister: true, workflowCompletionTimeoutMS: drainMs });
      } finally {
        await liveness.stop();
        await queue.close();
      }
    },
  };
}

/**
 * Makes the library's tables, or changes them to what this version needs. Several processes take turns by the caller's lock.
 * @param ownerUrl as whoever makes tables; what is made is the bot's to work with by the default rights of migration 065
 */
export async function makeEngineTables(ownerUrl: string): Promise<void> {
  await DBOS.migrate(ownerUrl);
}

/** Puts jobs into the queues without carrying any out: for the engine itself, and for the command line. */
export async function openQueue(options: {
  databaseUrl: string;
  pool: Pool;
  log: Log;
  version?: string;
}): Promise<{ enqueue: Engine["enqueue"]; close(): Promise<void> }> {
  const { databaseUrl, pool, log, version = VERSION } = options;
  const client = await DBOSClient.create({
    systemDatabaseUrl: databaseUrl,
    systemDatabasePool: pool,
    applicationName: APPLICATION,
    logger: dbosLog(log),
  });
  return {
    enqueue: async (tx, { workflow, id, queue, args, delaySeconds }) => {
      const job = {
        workflowName: workflow,
        workflowID: id,
        queueName: queue,
        appVersion: version,
        ...(delaySeconds === undefined ? {} : { delaySeconds: delaySeconds + TIMER_MARGIN_SECONDS }),
      };
      await alongside(tx, client.enqueueInTransaction(tx, job, ...args));
    },
    close: () => client.destroy(),
  };
}

/**
 * A process that hangs within a transaction must not hold its locks for long. Said in the address, because the library's
 * own way (a statement on each new connection) makes the driver warn.
 */
function withIdleLimit(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  const given = url.searchParams.get("options");
  url.searchParams.set("options", `${given ?? ""} -c idle_in_transaction_session_timeout=60000`.trim());
  // A blank must be %20 here, not a plus.
  url.search = url.search.replaceAll("+", "%20");
  return url.href;
}
