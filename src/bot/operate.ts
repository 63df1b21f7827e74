import { renderNotice } from "../card/notice.ts";
import { renderOperate } from "../card/operate.ts";
import { renderRun } from "../card/run.ts";
import { subjectOf } from "../card/run-view.ts";
import { mayOperateFleet } from "../policy/may-operate.ts";
import { mayOperate, type Operated, operateRun, releaseFleet, type Switched, stopFleet } from "../run/operate.ts";
import { openRuns, runByCode } from "../run/store.ts";
import { type CardResult, refused } from "./card-result.ts";
import type { BotPorts, Incoming } from "./incoming.ts";
import { post } from "./outbox.ts";
import { viewOfRun } from "./view.ts";

type Wish = Parameters<typeof operateRun>[3];

const unknownRun = refused(404, "NotFound", "I do not know that request", "Type “my requests” to see your codes.");

/** Pause, resume, cancel, begin again, raise, finish, settle a check: from a card or typed. */
export async function operate(ports: BotPorts, incoming: Incoming, runId: string, wish: Wish): Promise<CardResult> {
  const operator = { person: incoming.person, id: incoming.personId };
  const operated = await operateRun(ports, operator, runId, wish);
  ports.wake();
  return shown(operated, wish);
}

export async function operateByCode(
  ports: BotPorts,
  incoming: Incoming,
  code: string,
  wish: Wish,
): Promise<CardResult> {
  const run = await runByCode(ports.pool, ports.tenantId, code);
  return run === undefined ? unknownRun : operate(ports, incoming, run.runId, wish);
}

const done: Record<Wish["type"], string> = {
  pause: "is paused",
  resume: "goes on",
  cancel: "is cancelled",
  rerun: "begins again with that step",
  raise: "goes on with a larger budget",
  "wrap-up": "is finished with what is there",
  "settle-check": "is settled",
};

function shown(operated: Operated, wish: Wish): CardResult {
  switch (operated.outcome) {
    case "unknown-run":
      return unknownRun;
    case "not-yours":
      return refused(
        403,
        "NotYours",
        "You cannot do this",
        "Whoever asked may take it back; whoever answers for the agent, its cluster or the fleet may operate it. Nothing was changed.",
      );
    case "refused":
      return refused(409, "NotNow", "That is not possible now", `${operated.why} Nothing was changed.`);
    case "done":
      return { kind: "said", text: `${operated.run.code} ${done[wish.type]}.` };
  }
}

/** "runs": what is under way, for those who answer for it. */
export async function listRuns(ports: BotPorts, incoming: Incoming): Promise<CardResult> {
  if (!mayOperateFleet(ports, incoming.person).permitted) return notOperators;
  const runs = await openRuns(ports.pool, ports.tenantId, 15);
  const lines = await Promise.all(
    runs.map(async (run) => {
      const view = await viewOfRun(ports.pool, ports, run.runId);
      return `${run.code} · ${run.status} · ${view === undefined ? "" : subjectOf(view)} · ${ports.agentName(run.agentId)}`;
    }),
  );
  const text = lines.length === 0 ? "No run is open." : lines.join("\n\n");
  return { kind: "card", card: renderNotice("default", `Open runs: ${lines.length}`, text), isNews: true };
}

/** "run 7Q2K": where each of its steps stands. */
export async function showRun(ports: BotPorts, incoming: Incoming, code: string): Promise<CardResult> {
  const run = await runByCode(ports.pool, ports.tenantId, code);
  const view = run === undefined ? undefined : await viewOfRun(ports.pool, ports, run.runId);
  if (run === undefined || view === undefined) return unknownRun;
  if (run.requesterId !== incoming.personId && !mayOperateFleet(ports, incoming.person).permitted) return notOperators;
  return { kind: "card", card: renderRun(view), isNews: true };
}

/** Shows whoever answers for a run the card on which they say how it goes on. */
export async function openRun(ports: BotPorts, incoming: Incoming, runId: string): Promise<CardResult> {
  const { pool, tenantId } = ports;
  const view = await viewOfRun(pool, ports, runId);
  if (view === undefined) return unknownRun;
  const operator = { person: incoming.person, id: incoming.personId };
  if (!(await mayOperate(ports, operator, view.run, "operateRun")).permitted) return notOperators;
  const about = { kind: "run", id: runId, view: "operator opened", version: view.run.version } as const;
  const here = { conversationId: incoming.place.conversationId };
  const key = `run:${runId}:opened:${incoming.activityId}`;
  await post(pool, tenantId, here, { card: renderOperate(view), about }, key, incoming.personId);
  ports.wake();
  return { kind: "said", text: `${view.run.code} is below.` };
}

export async function switchFleet(
  ports: BotPorts,
  incoming: Incoming,
  wish: { stop: boolean; reason: string },
): Promise<CardResult> {
  const operator = { person: incoming.person, id: incoming.personId };
  const switched: Switched = wish.stop
    ? await stopFleet(ports, operator, wish.reason)
    : await releaseFleet(ports, operator);
  ports.wake();
  if (switched.outcome === "done") return { kind: "said", text: wish.stop ? STOPPED : released(switched.runs) };
  if (switched.outcome === "not-yours")
    return refused(403, "NotYours", "You cannot do this", `${switched.why} Nothing was changed.`);
  return refused(409, "NotNow", "That is not possible now", switched.why);
}

const STOPPED =
  "All actions of the fleet are stopped, in every process and from this moment, also those that are approved and have not started. Reading goes on. “release all actions” lets them go on.";
const released = (runs: number): string =>
  `The fleet may act again; ${runs} held ${runs === 1 ? "run goes" : "runs go"} on.`;

const notOperators = refused(
  403,
  "NotYours",
  "This is for operators",
  "The platform team and security see all runs; “my requests” shows yours.",
);
