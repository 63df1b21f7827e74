import { countsOf, figure, type Section } from "../report.ts";
import type { Counted, Latency, ReportedIncident, RunLine, Spending, Stopped } from "./store.ts";

/** An agent is told of as slower from so many answers on: with fewer, a percentile says nothing. */
const FEWEST_TURNS = 5;
/** A run came close to a budget from this share on. */
export const NEAR = 0.8;
/** An agent has become slower where its p95 is so many times that of the week before. */
const SLOWER = 1.5;

/** What the weekly review is computed from; `before`: the same of the week before. */
export type WeeklyFacts = {
  incidents: readonly ReportedIncident[];
  alerts: readonly Counted[];
  evidence: readonly Counted[];
  troubled: readonly RunLine[];
  stopped: readonly Stopped[];
  conflicts: readonly { about: string; clusterId: string; n: number }[];
  held: readonly RunLine[];
  near: readonly Spending[];
  latencies: readonly Latency[];
  before: Pick<WeeklyFacts, "incidents" | "evidence" | "troubled" | "held" | "latencies">;
  nameOf(agentId: string): string;
};

/** The weekly engineering risk review: incidents, near misses, budget anomalies. Pure. */
export function weeklySections(facts: WeeklyFacts): Section[] {
  return [incidentsSection(facts), runsSection(facts), nearMisses(facts), budgets(facts), latency(facts)];
}

function incidentsSection({ incidents, alerts, before, nameOf }: WeeklyFacts): Section {
  const alertsThat = countsOf(alerts);
  const ofKind = (some: readonly ReportedIncident[], kind: string): number =>
    some.filter((one) => one.kind === kind).length;
  const kinds = ["security_incident", "anomaly_flag", "latency_breach"] as const;
  return {
    heading: "Incidents",
    isBad: incidents.some(({ kind, state, isSilent }) => kind === "security_incident" || isSilent || state === "open"),
    figures: [
      ...kinds.map((kind) => figure(words[kind], ofKind(incidents, kind), ofKind(before.incidents, kind))),
      figure("Still open", incidents.filter(({ state }) => state !== "closed").length),
      figure("Alerts that nobody could act on", alertsThat("unknown-agent") + alertsThat("unreadable")),
    ],
    lines: incidents.map(({ agentId, kind, state, openedAt, heard, minutesToAcknowledge: minutes, isSilent }) => {
      const answered = minutes === null ? "not acknowledged" : `acknowledged after ${Math.round(minutes)} min`;
      const silent = isSilent ? ", suspended because nobody did in time" : "";
      return `${day(openedAt)} · ${nameOf(agentId)} · ${words[kind]}, ${heard} alerts · ${answered}${silent} · ${state}`;
    }),
  };
}

const words = {
  security_incident: "Security incidents",
  anomaly_flag: "Unusual behaviour",
  latency_breach: "Slower than allowed",
};

function runsSection({ troubled, before, evidence, nameOf }: WeeklyFacts): Section {
  const ended = (some: readonly RunLine[], what: string): number => some.filter((one) => one.what === what).length;
  const kinds = ["failed", "partly-done", "undone", "needed a human check"];
  const inWords = (what: string): string => what.replace("-", " ");
  return {
    heading: "Runs that did not end well",
    isBad: troubled.length > 0,
    figures: [
      ...kinds.map((what) => figure(capital(inWords(what)), ended(troubled, what), ended(before.troubled, what))),
      figure("Effects carried out", countsOf(evidence)("action.done"), countsOf(before.evidence)("action.done")),
    ],
    lines: troubled.map(
      ({ code, agentId, what, at }) => `${day(at)} · ${code} · ${nameOf(agentId)} · ${inWords(what)}`,
    ),
  };
}

/** Kinds of evidence that tell of something that did no harm because it was stopped, in words. */
const stops: readonly [kind: string, words: string][] = [
  ["action.denied", "Actions denied by policy"],
  ["action.not-started", "Approved actions stopped at the last look"],
  ["approval.attempt-refused", "Decisions of people who may not decide"],
  ["approval.superseded", "Approvals void because the inputs changed"],
  ["run.attempt-refused", "Refused operations on runs"],
  ["fleet.attempt-refused", "Refused uses of the kill switch"],
  ["fleet.stop", "Uses of the kill switch"],
  ["agent.canary-ended", "Canaries that ended"],
  ["agent.rolled-back", "Agents rolled back"],
  ["action.undone", "Effects taken back"],
  ["turn.wrong-agent", "Answers by the wrong agent"],
];

function nearMisses({ evidence, before, stopped, conflicts, nameOf }: WeeklyFacts): Section {
  const [now, then] = [countsOf(evidence), countsOf(before.evidence)];
  const seen = stops.filter(([kind]) => now(kind) > 0 || then(kind) > 0);
  return {
    heading: "Near misses",
    isBad: now("action.not-started") > 0 || now("fleet.stop") > 0,
    figures: [
      ...seen.map(([kind, label]) => figure(label, now(kind), then(kind))),
      figure(
        "Answers on statements that differed",
        conflicts.reduce((sum, { n }) => sum + n, 0),
        then("turn.conflict"),
      ),
    ],
    lines: [
      ...stopped.map(({ kind, agentId, code, what, why }) => {
        const did = kind === "action.denied" ? "was denied" : "was not let start";
        return `${code === "" ? "" : `${code} · `}${nameOf(agentId)} ${did} ${what}: ${why}`;
      }),
      ...conflicts.map(({ about, n }) => `${about}: stated differently in ${n} ${n === 1 ? "answer" : "answers"}`),
    ],
  };
}

function budgets({ held, near, before, evidence, nameOf }: WeeklyFacts): Section {
  const now = countsOf(evidence);
  const then = countsOf(before.evidence);
  return {
    heading: "Budgets of runs",
    isBad: held.length > before.held.length,
    figures: [
      figure("Runs held because a budget was used up", held.length, before.held.length),
      figure("Budgets raised", now("run.raise"), then("run.raise")),
      figure("Steps beyond a budget", now("action.over-budget"), then("action.over-budget")),
      figure(`Runs that used ${NEAR * 100} % or more of a budget`, near.length),
    ],
    lines: [
      ...held.map(({ code, agentId, what, at }) => `${day(at)} · ${code} · ${nameOf(agentId)} · ${what}`),
      ...near.map(({ code, agentId, spent, budgets: most }) => {
        const seconds = `${spent.seconds.toFixed(1)} of ${most.maxRuntimeSeconds} s`;
        const calls = `${spent.toolCalls} of ${most.maxToolCalls} calls`;
        return `${code} · ${nameOf(agentId)} · ${calls}, ${spent.turns} of ${most.maxTurns} turns, ${seconds}`;
      }),
    ],
  };
}

function latency({ latencies, before, nameOf }: WeeklyFacts): Section {
  const then = new Map(before.latencies.map((one) => [one.agentId, one]));
  const known = latencies.filter(({ turns }) => turns >= FEWEST_TURNS);
  const late = known.filter(({ p95Ms, slaMs }) => slaMs !== null && p95Ms > slaMs);
  const slower = known.filter(({ agentId, p95Ms }) => {
    const was = then.get(agentId);
    return was !== undefined && was.turns >= FEWEST_TURNS && p95Ms >= was.p95Ms * SLOWER;
  });
  const told = known.filter((one) => late.includes(one) || slower.includes(one));
  return {
    heading: "Response times",
    isBad: late.length > 0,
    figures: [
      figure(`Agents with ${FEWEST_TURNS} answers or more`, known.length),
      figure("Of these, p95 over what they promise", late.length),
      figure(`Of these, p95 ${SLOWER} times that of the week before, or more`, slower.length),
    ],
    lines: told.map(({ agentId, p95Ms, turns, slaMs }) => {
      const was = then.get(agentId);
      const compared = was === undefined ? "" : `, ${was.p95Ms} ms before`;
      return `${nameOf(agentId)} · p95 ${p95Ms} ms${slaMs === null ? "" : ` of ${slaMs} ms promised`}${compared} · ${turns} answers`;
    }),
  };
}

function day(at: Date): string {
  return at.toISOString().slice(0, 10);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
