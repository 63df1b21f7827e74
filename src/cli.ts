import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { appendAudit } from "./audit/store.ts";
import { type Desk, fail, say } from "./cli/desk.ts";
import { lessons, report, showAlerts, showReliability, verify } from "./cli/look.ts";
import { toolsCommand } from "./cli/tools.ts";
import { readConfig } from "./config.ts";
import { openQueue } from "./engine/engine.ts";
import { messageOf, SignalboxError } from "./errors.ts";
import { loadDirectory, type Person } from "./identity/directory.ts";
import { askForRotation, rotationsOpen } from "./identity/keys/store.ts";
import { loadPolicies } from "./policy/cedar.ts";
import { mayOperateFleet } from "./policy/may-operate.ts";
import { flowNames } from "./review/look-after.ts";
import { askFor, scheduleState } from "./review/schedules/store.ts";
import { switchFleetDirectly } from "./run/operate.ts";
import { workflowNames } from "./run/ports.ts";
import { stepsOf } from "./run/run.ts";
import { eventsOfRun, openRuns, runByCode } from "./run/store.ts";
import { endOfWish, insertWish, type WishVerb, wishVerbs } from "./run/wishes/store.ts";
import { visitDatabase } from "./store/database.ts";
import { migrate } from "./store/migrate.ts";
import { openPool, transaction } from "./store/pool.ts";
import { createLog } from "./telemetry/log.ts";

const USAGE = `Signalbox, for operators. Beside a running bot or without one; the same rules as in chat.

  runs                                  what is under way
  run CODE                              one run: its steps, its spending, its events
  pause CODE [why]      resume CODE     hold a run, let it go on
  cancel CODE [why]                     end it; what was done stands
  rerun CODE STEP                       begin again with a step; what stands is never done twice
  raise CODE            wrap-up CODE    more budget; finish with what is there
  stop REASON           release         the kill switch for all actions of the fleet
  audit                                 verify the chain of evidence; npm run -s audit does more
  reliability [--days N]                how far routing scores can be relied on, from use (90 days)
  report KIND [--so-far] [--to FOLDER]  weekly, monthly or quarterly: of the last whole period, or of the running one
  sweep                                 look for reviews and deprecations that are due, now
  rotate-keys                           all processes sign with new keys, now
  alerts                                what monitoring said of agents, the latest first
  tools [NUMBER]                        tools that are not as they were reviewed; one of these reviews
  tools release NUMBER WHY              they may be used, in every process;  tools keep-out NUMBER WHY: they may not
  lessons                               what was learnt from corrections, as JSON lines, for the agents' files

  --as UPN   who you are; required for whatever changes something
  --json     reliability, or a report, as one JSON object; a report is Markdown otherwise

npm run ops -- pause 7Q2K --as sofia.rossi@contoso.example`;

const WAIT_MS = 15_000;

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof SignalboxError ? error.message : messageOf(error)}\n`);
  process.exitCode = 1;
}

async function main(argv: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: argv,
    options: {
      as: { type: "string" },
      json: { type: "boolean", default: false },
      days: { type: "string", default: "90" },
      "so-far": { type: "boolean", default: false },
      to: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
    allowPositionals: true,
  });
  const [verb = "help", ...rest] = positionals;
  if (verb === "help" || values.help) return say(USAGE);
  const config = readConfig(process.env);
  const log = createLog("warn");
  const database = await visitDatabase({ ...config, log });
  const pool = openPool(database.ownerUrl, { name: "signalbox-ops", max: 2 });
  // Alone, on a folder that no bot has used yet.
  await migrate(pool, log);
  try {
    const { "so-far": isSoFar, ...said } = values;
    return await command({ pool, config, databaseUrl: database.ownerUrl, isSoFar, ...said }, verb, rest);
  } finally {
    await pool.end();
    await database.stop();
  }
}

async function command(desk: Desk, verb: string, rest: string[]): Promise<number> {
  const { pool, config } = desk;
  const wish = wishVerbs.find((one) => one === verb);
  if (wish !== undefined) return carryOut(desk, wish, rest);
  switch (verb) {
    case "runs":
      for (const { code, status, plan, createdAt } of await openRuns(pool, config.tenantId, 100))
        say(`${code}\t${status}\t${plan.plan}\t${createdAt.toISOString()}`);
      return 0;
    case "run":
      return show(desk, rest[0] ?? "");
    case "stop":
    case "release":
      return switchFleet(desk, verb, rest.join(" "));
    case "audit":
      return verify(desk);
    case "reliability":
      return showReliability(desk);
    case "report":
      return report(desk, rest[0] ?? "");
    case "sweep":
      return sweep(desk);
    case "rotate-keys":
      return rotateKeys(desk);
    case "alerts":
      return showAlerts(desk);
    case "tools": {
      const { tenantId, peopleFile } = config;
      const { text, failed } = await toolsCommand(
        { pool, tenantId, peopleFile, operator: () => operatorOf(desk) },
        rest,
      );
      return failed ? fail(text) : say(text);
    }
    case "lessons":
      return lessons(desk);
    default:
      return fail(`There is no command "${verb}".\n\n${USAGE}`);
  }
}

async function show({ pool, config }: Desk, code: string): Promise<number> {
  const run = await runByCode(pool, config.tenantId, code.toUpperCase());
  if (run === undefined) return fail(`There is no run ${code}: "runs" lists those that are under way.`);
  const { spent, budgets } = run.state;
  say(`${run.code}\t${run.status}\t${run.plan.plan}, version ${run.plan.version}, ${run.plan.pattern}`);
  for (const { id, after } of stepsOf(run)) {
    const step = run.state.steps[id];
    say(
      `  ${id}\t${step?.is ?? "waiting"}${step !== undefined && "why" in step ? `: ${step.why}` : ""}\tafter ${after.join(", ") || "–"}`,
    );
  }
  say(
    `  spent\t${spent.toolCalls} of ${budgets.maxToolCalls} calls, ${spent.turns} of ${budgets.maxTurns} turns, ${spent.seconds.toFixed(1)} s`,
  );
  for (const { seq, event, at } of await eventsOfRun(pool, config.tenantId, run.runId))
    say(`  ${seq}\t${at.toISOString()}\t${event.type}`);
  return 0;
}

/** @throws SignalboxError "operator-unknown" */
function operatorOf({ config, as }: Desk): Person {
  const person = as === undefined ? undefined : loadDirectory(config.peopleFile).byUpn(as);
  if (person?.kind !== "person" || !person.enabled)
    throw new SignalboxError(
      "operator-unknown",
      "Say who you are: --as, with an address of the people directory. Nothing was changed.",
    );
  return person;
}

/** The wish is a row and a job of one transaction: whichever process is up carries it out, or the next one that starts. */
async function carryOut(desk: Desk, verb: WishVerb, [code = "", ...detail]: string[]): Promise<number> {
  const operator = operatorOf(desk).aadObjectId;
  if (code === "") return fail(`${verb} needs the code of a run. Nothing was changed.`);
  const { pool, config, databaseUrl } = desk;
  const wishId = randomUUID();
  const queue = await openQueue({ databaseUrl, pool, log: createLog("warn") });
  try {
    await transaction(pool, async (tx) => {
      await insertWish(tx, config.tenantId, wishId, {
        verb,
        code: code.toUpperCase(),
        detail: detail.join(" "),
        operator,
      });
      await queue.enqueue(tx, {
        workflow: workflowNames.operatorWish,
        id: `wish:${wishId}`,
        queue: "actions",
        args: [wishId],
      });
    });
  } finally {
    await queue.close();
  }
  for (const giveUp = Date.now() + WAIT_MS; Date.now() < giveUp; await sleep(100)) {
    const end = await endOfWish(pool, config.tenantId, wishId);
    if (end !== undefined) return end.outcome === "done" ? say(end.told) : fail(end.told);
  }
  return fail("No process has carried it out yet: it will be as soon as one runs.");
}

async function switchFleet(desk: Desk, verb: "stop" | "release", reason: string): Promise<number> {
  const person = operatorOf(desk);
  const { pool, config, databaseUrl } = desk;
  const policies = loadPolicies("manifest/policies");
  const queue = await openQueue({ databaseUrl, pool, log: createLog("warn") });
  try {
    const operator = { person, id: person.aadObjectId };
    const ports = { pool, tenantId: config.tenantId, policies, engine: queue };
    const switched = await switchFleetDirectly(
      ports,
      operator,
      verb === "stop" ? { stop: true, reason: reason || "no reason given" } : { stop: false },
    );
    if (switched.outcome !== "done") return fail(`${switched.why} Nothing was changed.`);
    return say(
      verb === "stop"
        ? "All actions of the fleet are stopped."
        : `The fleet may act again; ${switched.runs} held runs go on.`,
    );
  } finally {
    await queue.close();
  }
}

/** Any process of the bot does it: only those know whom to tell. */
async function sweep(desk: Desk): Promise<number> {
  const { pool, config } = desk;
  const person = operatorOf(desk);
  const policies = loadPolicies("manifest/policies");
  if (!mayOperateFleet({ policies, tenantId: config.tenantId }, person).permitted)
    return fail("The platform team and security sweep the fleet. Nothing was done.");
  const asked = new Set<string>(flowNames);
  for (const name of asked) {
    await askFor(pool, config.tenantId, name, person.aadObjectId);
    await appendAudit(pool, {
      tenantId: config.tenantId,
      kind: "flow.asked",
      actor: person.aadObjectId,
      data: { name },
    });
  }
  for (const giveUp = Date.now() + WAIT_MS; Date.now() < giveUp && asked.size > 0; await sleep(100))
    for (const name of asked)
      if ((await scheduleState(pool, config.tenantId, name)).askedAt === null) asked.delete(name);
  if (asked.size > 0) return fail("No process has done it yet: it will be done as soon as one runs.");
  return say("Reviews and deprecations were looked at: whoever answers for what is due has been told.");
}

/** Each process makes its own: no private key ever leaves one. */
async function rotateKeys(desk: Desk): Promise<number> {
  const { pool, config } = desk;
  const { tenantId } = config;
  const person = operatorOf(desk);
  const policies = loadPolicies("manifest/policies");
  if (!mayOperateFleet({ policies, tenantId }, person).permitted)
    return fail("The platform team and security rotate keys. Nothing was changed.");
  await transaction(pool, async (tx) => {
    await askForRotation(tx, tenantId, person.aadObjectId);
    await appendAudit(tx, { tenantId, kind: "keys.rotation-asked", actor: person.aadObjectId, data: {} });
  });
  for (const giveUp = Date.now() + WAIT_MS; Date.now() < giveUp; await sleep(100))
    if ((await rotationsOpen(pool, tenantId)) === 0) return say("All processes that run sign with new keys.");
  return fail("Not every process has made a new key yet: each does within seconds of reaching the database.");
}
