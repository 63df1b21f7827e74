import { every } from "../engine/every.ts";
import { messageOf } from "../errors.ts";
import type { Log } from "../telemetry/log.ts";
import type { ReviewPorts } from "./ports.ts";
import { sweepReviews } from "./reviews/sweep-reviews.ts";
import { runDue } from "./schedules/run-due.ts";

const LOOK_EVERY_MS = 15_000;
const AT_SIX = { hour: 6 };

/** Does what the calendar and the deadlines of the flows say by now. */
export async function lookAfterFleet(ports: ReviewPorts): Promise<void> {
  await runDue(ports, { name: "reviews", calendar: AT_SIX, work: (now) => sweepReviews(ports, now) });
}

/** The same again and again, at once at first: what fell due while no process ran is done now. */
export function keepLookingAfter(ports: ReviewPorts, log: Log): { stop(): Promise<void> } {
  const looking = every(LOOK_EVERY_MS, () =>
    lookAfterFleet(ports).catch((error: unknown) =>
      log.warn({ error: messageOf(error) }, "the flows of the fleet could not be carried out: they are tried again"),
    ),
  );
  looking.now();
  return looking;
}
