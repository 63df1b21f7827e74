import { shelves } from "../cluster/context.ts";
import { every } from "../engine/every.ts";
import { messageOf } from "../errors.ts";
import { tidyMemory } from "../memory/hygiene/tidy.ts";
import { refreshOrganisation } from "../memory/organisation/refresh.ts";
import type { Log } from "../telemetry/log.ts";
import { flushSessions } from "../turn/store.ts";
import { clearAlerts } from "./alerts/clear-alerts.ts";
import { each } from "./each.ts";
import { sweepIncidents } from "./incidents/sweep-incidents.ts";
import type { IncidentPorts } from "./ports.ts";
import { type ReportPorts, sendReport } from "./reports/send-report.ts";
import { sweepReviews } from "./reviews/sweep-reviews.ts";
import { type Flow, runDue } from "./schedules/run-due.ts";
import { stages } from "./sunsets/sunset.ts";
import { sweepSunsets } from "./sunsets/sweep-sunsets.ts";
import { sweepVacancies } from "./vacancies/sweep-vacancies.ts";

const LOOK_EVERY_MS = 10_000;
const AT_SIX = { hour: 6 };
const MONDAY_AT_SIX = { hour: 6, weekday: 1 };
const AT_NIGHT = { hour: 2 };

/** What the flows need, all of them together. @property alertDays for which alerts are kept */
export type FlowPorts = IncidentPorts & ReportPorts & { alertDays: number };

/** What goes by the calendar (in UTC). */
const flows = (ports: FlowPorts): Flow[] => [
  { name: "reviews", calendar: AT_SIX, work: (now) => sweepReviews(ports, now) },
  { name: "sunsets", calendar: MONDAY_AT_SIX, work: (now) => sweepSunsets(ports, now, stages) },
  // A week is too long where days are counted.
  { name: "last-days", calendar: AT_SIX, work: (now) => sweepSunsets(ports, now, ["final", "ended"]) },
  { name: "memory-hygiene", calendar: AT_NIGHT, work: (now) => tidyMemory(ports, now) },
  { name: "organisational-memory", calendar: AT_NIGHT, work: () => readAnew(ports) },
  { name: "session-memory", calendar: AT_NIGHT, work: (now) => flushSessions(ports.pool, ports.tenantId, now) },
  { name: "alert-retention", calendar: AT_SIX, work: (now) => clearAlerts(ports, now) },
  // Last: what the others do at the same moment belongs to the period that has just begun.
  { name: "weekly-report", calendar: MONDAY_AT_SIX, work: (now, due) => sendReport(ports, "weekly", { now, due }) },
  {
    name: "monthly-report",
    calendar: { hour: 6, everyMonths: 1 },
    work: (now, due) => sendReport(ports, "monthly", { now, due }),
  },
  {
    name: "quarterly-report",
    calendar: { hour: 6, everyMonths: 3 },
    work: (now, due) => sendReport(ports, "quarterly", { now, due }),
  },
];

function readAnew(ports: IncidentPorts): Promise<void> {
  const read = async (tool: string) => (await ports.connectors.call({ tool, args: {} })).data;
  return refreshOrganisation({ ...ports, read }, shelves);
}

/** What people can ask for whenever they like. */
export const flowNames = ["reviews", "sunsets"] as const;

/** Does what the calendar and the deadlines of the flows say by now. */
export async function lookAfterFleet(ports: FlowPorts): Promise<void> {
  await sweepIncidents(ports);
  await keepCalendar(ports);
}

async function keepCalendar(ports: FlowPorts): Promise<void> {
  await each(flows(ports), (flow) => runDue(ports, flow));
  await sweepVacancies(ports);
}

/** The same again and again, at once at first: what fell due while no process ran is done now. */
export function keepLookingAfter(
  ports: FlowPorts,
  log: Log,
): { /** an alert has come */ onAlert(): void; stop(): Promise<void> } {
  const again = (work: (ports: FlowPorts) => Promise<void>) =>
    every(LOOK_EVERY_MS, () =>
      work(ports).catch((error: unknown) =>
        log.warn({ error: messageOf(error) }, "the flows of the fleet could not be carried out: they are tried again"),
      ),
    );
  // Apart from each other: an alert must not wait for a sweep over the whole fleet.
  const incidents = again(sweepIncidents);
  const calendar = again(keepCalendar);
  for (const one of [incidents, calendar]) one.now();
  return {
    onAlert: incidents.now,
    stop: async () => {
      await Promise.all([incidents.stop(), calendar.stop()]);
    },
  };
}
