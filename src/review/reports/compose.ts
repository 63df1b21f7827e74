import { verifyChain } from "../../audit/verify.ts";
import type { Directory } from "../../identity/directory.ts";
import { type Listed, listAgents } from "../../registry/listing/store.ts";
import type { Pool } from "../../store/pool.ts";
import { addDays, dayOf } from "../day.ts";
import { exceptionKinds, monthlySections } from "./monthly/report.ts";
import * as month from "./monthly/store.ts";
import { type Period, periodBefore } from "./period.ts";
import { quarterlySections } from "./quarterly/report.ts";
import * as quarter from "./quarterly/store.ts";
import { type Report, type Section, titles } from "./report.ts";
import { NEAR, weeklySections } from "./weekly/report.ts";
import * as week from "./weekly/store.ts";

export type ComposePorts = { pool: Pool; tenantId: string; directory: Directory };

/** Works a report out from what happened. @param now a period that is not over is reported up to here */
export async function composeReport(ports: ComposePorts, period: Period, now: Date): Promise<Report> {
  const { kind, name, from, to } = period;
  const agents = await listAgents(ports.pool, ports.tenantId);
  const names = new Map(agents.map((agent) => [agent.agentId, agent.name]));
  const nameOf = (agentId: string): string => names.get(agentId) ?? "an agent that is gone";
  const sections = await composers[kind](ports, period, { agents, nameOf });
  const isWhole = to <= now;
  const through = isWhole ? addDays(dayOf(to), -1) : dayOf(now);
  return { kind, period: name, title: titles[kind], from: dayOf(from), through, isWhole, sections };
}

type Around = { agents: readonly Listed[]; nameOf(agentId: string): string };
type Composer = (ports: ComposePorts, period: Period, around: Around) => Promise<Section[]>;

const composers: Record<Period["kind"], Composer> = {
  weekly: async ({ pool, tenantId }, period, { nameOf }) => {
    const compared = async (span: Period) => ({
      incidents: await week.incidentsIn(pool, tenantId, span),
      evidence: await week.evidenceIn(pool, tenantId, span),
      troubled: await week.troubledRuns(pool, tenantId, span),
      held: await week.heldByBudget(pool, tenantId, span),
      latencies: await week.latencies(pool, tenantId, span),
    });
    return weeklySections({
      ...(await compared(period)),
      alerts: await week.alertsIn(pool, tenantId, period),
      stopped: await week.stoppedActions(pool, tenantId, period),
      conflicts: await week.conflictsIn(pool, tenantId, period),
      near: await week.nearBudget(pool, tenantId, period, NEAR),
      before: await compared(periodBefore(period)),
      nameOf,
    });
  },
  monthly: async ({ pool, tenantId }, period, { nameOf }) => {
    const compared = async (span: Period) => ({
      exceptions: await month.exceptionsIn(pool, tenantId, span, exceptionKinds),
      byHand: await month.statusByHand(pool, tenantId, span),
      decisions: await month.decisionsIn(pool, tenantId, span),
      gaps: await month.gapsIn(pool, tenantId, span),
    });
    return monthlySections({
      ...(await compared(period)),
      denied: await month.denyingRules(pool, tenantId, period),
      newPolicies: await month.newPolicies(pool, tenantId, period),
      registry: {
        before: await month.registeredBefore(pool, tenantId, period.from),
        after: await month.registeredBefore(pool, tenantId, period.to),
      },
      chain: await verifyChain(pool, tenantId),
      before: await compared(periodBefore(period)),
      nameOf,
    });
  },
  quarterly: async ({ pool, tenantId, directory }, period, { agents, nameOf }) => {
    const compared = async (span: Period) => ({
      life: await quarter.lifeIn(pool, tenantId, span),
      reviews: await quarter.reviewsIn(pool, tenantId, span),
      versions: await quarter.versionsIn(pool, tenantId, span),
    });
    const today = dayOf(period.to);
    return quarterlySections({
      ...(await compared(period)),
      vacancies: await quarter.vacanciesIn(pool, tenantId, period),
      used: await quarter.usedIn(pool, tenantId, period),
      oldScopes: await quarter.scopesApprovedBefore(pool, tenantId, addDays(today, -365)),
      before: await compared(periodBefore(period)),
      isHere: (upn) => {
        const person = directory.byUpn(upn);
        return person?.kind === "person" && person.enabled;
      },
      ...{ agents, today, nameOf },
    });
  },
};
