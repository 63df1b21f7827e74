import { join } from "node:path";
import { isGranted } from "./action/elevations/store.ts";
import { openModel } from "./agent/model/endpoint.ts";
import { keyOfNames, loadPlans, type NameList, nameListsOf } from "./agent/plan-template.ts";
import { keepAnchors } from "./audit/anchors/keep-anchors.ts";
import { appendAudit } from "./audit/store.ts";
import { letAuditorsIn, separateWriter } from "./audit/writer/store.ts";
import { startDelivery } from "./bot/delivery.ts";
import type { BotPorts } from "./bot/incoming.ts";
import { present } from "./bot/present.ts";
import { createReceiver, type Receiver } from "./bot/receive.ts";
import { demandSignIn, openSignIn } from "./bot/sign-in/open-sign-in.ts";
import { createTeams } from "./bot/teams.ts";
import { tellOwner } from "./bot/versions.ts";
import { readContexts } from "./cluster/context.ts";
import type { Config } from "./config.ts";
import { connectSystems } from "./connector/client.ts";
import { loadInventory } from "./connector/inventory.ts";
import { forkSystems, startSystems } from "./connector/systems.ts";
import { loadToolRegister } from "./connector/tool-register.ts";
import { openToolGate } from "./connector/tools/gate.ts";
import { loadPins } from "./connector/tools/pins.ts";
import { loadChannels } from "./desk/channels.ts";
import { createDesk } from "./desk/desk.ts";
import { type Engine, newExecutorId, startEngine } from "./engine/engine.ts";
import { messageOf, SignalboxError } from "./errors.ts";
import { mayServe } from "./handoff/resolve-handoff.ts";
import { alertsRoute } from "./http/alerts.ts";
import { healthRoutes } from "./http/health.ts";
import { keysRoute } from "./http/keys.ts";
import { createLimit } from "./http/limit.ts";
import { messagesRoute } from "./http/messages.ts";
import { createDoorkeeper } from "./http/refuse.ts";
import { startHttp } from "./http/server.ts";
import { createTokenCheck } from "./identity/bearer.ts";
import { followDirectory } from "./identity/follow-directory.ts";
import { keepTime } from "./identity/time.ts";
import { openLiveFleet } from "./live-fleet.ts";
import { openLiveIdentity } from "./live-identity.ts";
import { keepPoliciesLive } from "./live-policies.ts";
import { openAgentsPool } from "./memory/account/open.ts";
import { recall } from "./memory/recall.ts";
import { loadPolicies } from "./policy/cedar.ts";
import { openPolicies } from "./policy/in-force.ts";
import { type OwnReads, ownReads } from "./policy/own-reads.ts";
import { watchCanaries } from "./registry/canary.ts";
import { loadRegistry } from "./registry/registry.ts";
import { takeAlert } from "./review/alerts/take-alert.ts";
import { databaseClock } from "./review/clock.ts";
import { keepLookingAfter, lookAfterFleet } from "./review/look-after.ts";
import { approvalTimer, expireApproval, fireTimerByCode } from "./run/approval-timer.ts";
import { carryOutWish } from "./run/carry-out-wish.ts";
import { advanceRun } from "./run/legacy.ts";
import { markUndoneLater } from "./run/mark-undone.ts";
import type { TimerKind } from "./run/next-timer.ts";
import { releaseHeld } from "./run/operate.ts";
import { superstep } from "./run/superstep.ts";
import { withAdvisoryLock } from "./store/advisory-lock.ts";
import { type Database, openDatabase, whenAwake } from "./store/database.ts";
import { migrate } from "./store/migrate.ts";
import { createSharedConnection, openPool, type Pool } from "./store/pool.ts";
import type { Log } from "./telemetry/log.ts";
import { runAgents } from "./turn/run-agents.ts";

export type App = {
  /** what the timer of a question does when its time has come: reminds, escalates, ends */
  fireApprovalTimer(code: string, kind: TimerKind): Promise<void>;
  /** what its parts work with, for measurements */
  ports: BotPorts;
  /** does at once what the flows' calendar and deadlines say by now */
  lookAfterFleet(): Promise<void>;
  /** looks at the files of the policies, at once */
  lookAtPolicies(): Promise<void>;
  /** looks at the versions that are being tried, at once */
  watchCanaries(): Promise<void>;
  /** "http://127.0.0.1:3978" */
  url: string;
  /** Stops accepting, finishes what is under way, and leaves the rest to the next start. */
  stop(): Promise<void>;
};

const MANIFEST = join(import.meta.dirname, "../manifest");
const LOCAL = join(import.meta.dirname, "../env/local");
const DRAIN_MS = 8_000;
const RECOVER_EVERY_MS = 5_000;
/** of one address; systems keep what they read */
const KEYS_PER_MINUTE = 120;
const WATCH_CANARIES_MS = 30_000;

/**
 * Puts the parts together: database, systems, fleet, bot, engine, doors. Whatever was started is stopped again, last first,
 * also when a later part fails to start.
 * @param opening the database, where it was begun to open before
 */
export async function startApp(
  config: Config,
  log: Log,
  opening: Promise<Database> = openDatabase({ ...config, log }),
): Promise<App> {
  // A part that fails before the database is up must not leave it behind.
  const stops: (() => Promise<void>)[] = [
    () =>
      opening.then(
        (database) => database.stop(),
        () => {},
      ),
  ];
  const stop = async (): Promise<void> => {
    for (const one of stops.splice(0).reverse())
      await one().catch((error: unknown) => log.error({ error: messageOf(error) }, "a part did not stop cleanly"));
  };
  try {
    return { ...(await assemble(config, log, opening, (one) => stops.push(one))), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function assemble(
  config: Config,
  log: Log,
  opening: Promise<Database>,
  onStop: (stop: () => Promise<void>) => void,
): Promise<Omit<App, "stop">> {
  const { tenantId, approvalHours } = config;
  const isLocal = config.teams === undefined;
  // What people may have got wrong is read first: they hear of it before anything runs.
  const people = followDirectory(config.peopleFile, log);
  onStop(people.stop);
  const { directory } = people;
  const policiesFolder = config.policiesFolder ?? join(MANIFEST, "policies");
  const filedPolicies = loadPolicies(policiesFolder);
  const plans = loadPlans(join(MANIFEST, "plans"));
  const filed = loadRegistry({ folder: join(MANIFEST, "agents"), directory, plans });
  const inventory = loadInventory(join(MANIFEST, "connectors.json"), directory);
  const pins = loadPins(join(MANIFEST, "pins"), inventory);
  const register = loadToolRegister(join(MANIFEST, "tools.json"));
  const channels = isLocal ? loadChannels(join(LOCAL, "channels.json")) : [];

  const http = await startHttp({ host: config.host, port: config.port, log });
  onStop(() => http.close(DRAIN_MS));
  const systemsProcess = forkSystems();
  onStop(() => Promise.resolve(void systemsProcess.kill()));
  const database = await opening;
  const agents = await makeTables(database, config.memoryDatabaseUrl, log);
  onStop(() => agents.end());
  const pool = openPool(database.url, { name: "signalbox", max: 16 });
  onStop(() => pool.end());
  const shared = createSharedConnection(pool);
  onStop(shared.close);
  await whenAwake(pool, database.url, log);
  const inForce = await openPolicies(pool, tenantId, filedPolicies);
  const { policies } = inForce;

  const worker = newExecutorId();
  const time = await keepTime(pool, log);
  onStop(time.stop);
  const teams = createTeams(config.teams, {}, time.now);
  const { signIn, assertionOf } = openSignIn({ config, teams, directory });
  const identity = await openLiveIdentity({
    ...{ config, pool, worker, systems: [...inventory.keys()], assertionOf, log },
  });
  onStop(identity.stop);
  demandSignIn(signIn, inventory, Object.keys(identity.names));
  const systems = await startSystems({
    ...{ databaseUrl: database.ownerUrl, log, first: systemsProcess },
    ...{ trust: identity.trust(), names: identity.names },
  });
  onStop(systems.stop);
  identity.onTrust(systems.trust);
  const gate = await openToolGate({ pool, databaseUrl: database.url, tenantId, pins, log });
  onStop(gate.stop);
  const connectors = await connectSystems({
    ...{ endpoints: systems.endpoints, inventory, gate, register, log, credentials: identity.credentials },
    isElevated: (call) => isGranted(pool, tenantId, call),
  });
  onStop(connectors.close);
  const ownRead = ownReads(connectors, policies);
  const customers = await customerNames(ownRead);
  const memory = { tenantId, db: shared, agents };
  const contexts = await readContexts({ ...memory, pool, read: ownRead }, (error) =>
    log.warn({ error: messageOf(error) }, "what a coordinator knows could not be read again"),
  );
  const names = await namesIn(ownRead, nameListsOf(plans.values()));
  const departments = [...new Set(directory.people.map(({ department }) => department))];
  const live = await openLiveFleet({
    ...{ pool, databaseUrl: database.url, config, log, filed, plans, directory, customers },
  });
  onStop(live.stop);
  const { fleet, router } = live;
  const { registry } = fleet;

  identity.followFleet(async ({ agentId, version }) => (await fleet.at(agentId, version))?.record);

  const late: { engine?: Engine; wake(): void } = { wake: () => {} };
  const holdersOf = (role: string): string[] =>
    directory.people
      .filter(({ kind, enabled, roles }) => kind === "person" && enabled && roles.includes(role))
      .map(({ aadObjectId }) => aadObjectId);
  const ports: BotPorts = {
    ...{ tenantId, pool, shared, connectors, inventory, pins, policies, directory, approvalHours, log, worker },
    ...{ registry, router, fleet, signIn },
    planner: {
      ...{ connectors, policies, vocabulary: { customers, departments, directory, names }, contextOf: contexts.of },
      recall: (who) =>
        recall(memory, who).catch((error: unknown) => {
          // The person is asked for what memory would have said.
          log.warn({ error: messageOf(error) }, "memory could not be read");
          return [];
        }),
      ...(config.model && { model: openModel(config.model) }),
    },
    engine: { enqueue: async (tx, job) => late.engine?.enqueue(tx, job) },
    announce: (tx, subject) => present(tx, ports, subject),
    wake: () => late.wake(),
    ...runAgents(() => ports),
    policiesInForce: inForce.at,
    ownerOf: (agentId) => {
      const owner = directory.byUpn(registry.byId.get(agentId)?.owner_upn ?? "");
      return owner?.enabled === true ? owner.aadObjectId : undefined;
    },
    agentName: (agentId) => registry.byId.get(agentId)?.display_name ?? "an agent that is gone",
    holdersOf,
    leadsOf: (clusterId) => {
      const leads = holdersOf(`cluster-lead-${clusterId}`);
      return leads.length > 0 ? leads : holdersOf("platform");
    },
    clock: databaseClock(),
    recoveryMinutes: config.alerts.recoveryMinutes,
    reportsFolder: config.reportsFolder,
    alertDays: config.alerts.keepDays,
    respondersOf: (clusterId) =>
      directory.people
        .filter(
          (person) => person.kind === "person" && person.enabled && mayServe(policies, person, clusterId).permitted,
        )
        .map(({ aadObjectId }) => aadObjectId),
  };

  const delivery = startDelivery({ tenantId, pool, shared, channel: teams.channel, directory, worker, log });
  late.wake = delivery.wake;
  onStop(delivery.stop);
  late.engine = await startEngine({
    ...{ databaseUrl: database.url, ownerUrl: database.ownerUrl, pool, log, executorId: worker, alone: database.alone },
    // A beat may be lost, and then another, before somebody counts as dead.
    liveness: { beatSeconds: Math.min(5, config.takeOverSeconds / 4), deadSeconds: config.takeOverSeconds },
    workflows: [superstep, approvalTimer, releaseHeld, markUndoneLater, carryOutWish, advanceRun, expireApproval].map(
      (of) => of(() => ports),
    ),
  });
  const { engine } = late;
  onStop(keepAnchors(pool, config.audit.anchors, config.audit.anchorSeconds, log));
  onStop(() => engine.stop({ drainMs: DRAIN_MS }));
  const receiver = createReceiver({ ...ports, channel: teams.channel });
  onStop(() => drain(receiver));

  const lookAtCanaries = (): Promise<void> =>
    watchCanaries({ pool, tenantId, fleet, tell: (ended) => tellOwner(ports, ended) });
  const canaries = setInterval(() => {
    lookAtCanaries().catch((error: unknown) =>
      log.warn({ error: messageOf(error) }, "the canaries could not be looked at"),
    );
  }, WATCH_CANARIES_MS);
  onStop(() => Promise.resolve(clearInterval(canaries)));
  const flows = keepLookingAfter(ports, log);
  onStop(flows.stop);
  const livePolicies = await keepPoliciesLive({
    ...{ inForce, folder: policiesFolder, filed: filedPolicies, databaseUrl: database.url, ports },
  });
  onStop(livePolicies.stop);

  http.mount(
    healthRoutes({
      database: () => pool.query("select 1").then(() => true),
      engine: engine.ready,
      registry: () => registry.agents.length > 0,
      systems: connectors.ready,
    }),
  );
  const doorkeeper = createDoorkeeper({
    limit: createLimit(config.limits.refusals),
    note: ({ door, ...refused }) =>
      appendAudit(pool, { tenantId, kind: `${door}.refused`, actor: "unknown", data: refused }),
    log,
  });
  http.mount([
    keysRoute({ listed: identity.listedKeys, limit: createLimit(KEYS_PER_MINUTE) }),
    messagesRoute({
      ...{ config, teams, receive: receiver.receive, doorkeeper, log },
      limit: createLimit(config.limits.messages),
    }),
    alertsRoute({
      secret: config.alerts.secret,
      check: config.alerts.tokens === undefined ? undefined : createTokenCheck(config.alerts.tokens, time.now),
      take: (alert) => takeAlert(ports, alert),
      onTaken: flows.onAlert,
      limit: createLimit(config.limits.alerts),
      ...{ now: time.now, doorkeeper, log },
    }),
  ]);
  if (isLocal) {
    const selfUrl = http.url;
    const desk = createDesk({
      ...{ pool, tenantId, channels, selfUrl, log, databaseUrl: database.url },
      people: directory.people,
      botUrl: () => `${http.url()}/api/messages`,
    });
    http.mount(desk.routes);
    http.open();
    await desk.start();
    onStop(desk.stop);
  } else http.open();
  onStop(keepRecovering(receiver, log));
  return {
    url: http.url(),
    ports,
    watchCanaries: lookAtCanaries,
    lookAtPolicies: livePolicies.look,
    lookAfterFleet: () => lookAfterFleet(ports),
    fireApprovalTimer: (code, kind) => fireTimerByCode(ports, code, kind),
  };
}

/**
 * As the owner of the tables, who is needed for nothing else that the bot does.
 * @returns the pool by which agents read memory
 */
async function makeTables({ url, ownerUrl }: Database, configured: string | undefined, log: Log): Promise<Pool> {
  const owner = openPool(ownerUrl, { name: "signalbox-owner", max: 1 });
  try {
    await whenAwake(owner, ownerUrl, log);
    await migrate(owner, log);
    await withAdvisoryLock(owner, "rights", async (holder) => {
      await separateWriter(holder, url, log);
      await letAuditorsIn(holder, log);
    });
    return await openAgentsPool({ owner, databaseUrl: ownerUrl, configured });
  } finally {
    await owner.end();
  }
}

async function customerNames(ownRead: OwnReads): Promise<string[]> {
  const data = await ownRead("crm.find_customers");
  return (data.customers as { name: string }[]).map(({ name }) => name);
}

/** The names that slots of plans are recognised by. */
async function namesIn(ownRead: OwnReads, lists: readonly NameList[]): Promise<Map<string, string[]>> {
  const read = lists.map(async (list) => {
    const data = await ownRead(list.tool);
    const rows = data[list.rows];
    if (!Array.isArray(rows))
      throw new SignalboxError(
        "names-unreadable",
        `A plan wants names from "${list.rows}" of ${list.tool}, which gives no such list. Correct the slot in the plan.`,
      );
    return [keyOfNames(list), rows.map((row: Record<string, unknown>) => String(row[list.field]))] as const;
  });
  return new Map(await Promise.all(read));
}

/** Takes over what other processes had accepted and did not finish: at once, and again whenever one dies. */
function keepRecovering(receiver: Receiver, log: Log): () => Promise<void> {
  let running = Promise.resolve();
  const look = (): void => {
    running = receiver
      .recover()
      .catch((error: unknown) => log.warn({ error: messageOf(error) }, "unfinished messages could not be looked for"));
  };
  look();
  const timer = setInterval(look, RECOVER_EVERY_MS);
  return async () => {
    clearInterval(timer);
    await running;
  };
}

/** What is not done by then is done by the next start. */
async function drain(receiver: Receiver): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const enough = setTimeout(resolve, DRAIN_MS);
  await Promise.race([receiver.drain(), promise]);
  clearTimeout(enough);
}
