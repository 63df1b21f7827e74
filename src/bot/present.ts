import type { Subject } from "../action/announce.ts";
import type { Tx } from "../store/pool.ts";
import { presentMemory } from "./memory/present-memory.ts";
import { presentCorrection } from "./present-correction.ts";
import { presentHandoff } from "./present-handoff.ts";
import { presentAlert, presentIncident } from "./present-incident.ts";
import type { PresentPorts } from "./present-ports.ts";
import { presentReport } from "./present-report.ts";
import { presentReview } from "./present-review.ts";
import { presentRun } from "./present-run.ts";
import { presentSunset } from "./present-sunset.ts";
import { presentVacancy } from "./present-vacancy.ts";

/** Brings every card about a subject up to date, and sends those that are due: the bot's side of `Announce`. */
export async function present(tx: Tx, ports: PresentPorts, subject: Subject): Promise<void> {
  switch (subject.kind) {
    case "run":
      await presentRun(tx, ports, subject);
      break;
    case "handoff":
      await presentHandoff(tx, ports, subject.id);
      break;
    case "correction":
      await presentCorrection(tx, ports, subject.id);
      break;
    case "sunset":
      await presentSunset(tx, ports, subject.id);
      break;
    case "vacancy":
      await presentVacancy(tx, ports, subject.id);
      break;
    case "incident":
      await presentIncident(tx, ports, subject.id);
      break;
    case "alert":
      await presentAlert(tx, ports, subject.id);
      break;
    case "memory":
      await presentMemory(tx, ports, subject.id);
      break;
    case "review":
      await presentReview(tx, ports, subject);
      break;
    case "report":
      await presentReport(tx, ports, subject.id);
      break;
  }
  ports.wake();
}
