import { every } from "../engine/every.ts";
import { messageOf } from "../errors.ts";
import type { Log } from "../telemetry/log.ts";
import { sweepIncidents } from "./incidents/sweep-incidents.ts";
import type { IncidentPorts } from "./ports.ts";
import { sweepReviews } from "./reviews/sweep-reviews.ts";
import { runDue } from "./schedules/run-due.ts";

const LOOK_EVERY_MS = 15_000;
const AT_SIX = { hour: 6 };

/** Does what the calendar and the deadlines of the flows say by now. */
export async function lookAfterFleet(ports: IncidentPorts): Promise<void> {
  await sweepIncidents(ports);
  await keepCalendar(ports);
}

async function keepCalendar(ports: IncidentPorts): Promise<void> {
  await runDue(ports, { name: "reviews", calendar: AT_SIX, work: (now) => sweepReviews(ports, now) });
}

/** The same again and again, at once at first: what fell due while no process ran is done now. */
export function keepLookingAfter(
  ports: IncidentPorts,
  log: Log,
): { /** an alert has come */ onAlert(): void; stop(): Promise<void> } {
  const again = (work: (ports: IncidentPorts) => Promise<void>) =>
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
