import type { Subject } from "../action/announce.ts";
import type { Tx } from "../store/pool.ts";
import { presentHandoff } from "./present-handoff.ts";
import type { PresentPorts } from "./present-ports.ts";
import { presentRun } from "./present-run.ts";

/** Brings every card about a subject up to date, and sends those that are due: the bot's side of `Announce`. */
export async function present(tx: Tx, ports: PresentPorts, subject: Subject): Promise<void> {
  if (subject.kind === "run") await presentRun(tx, ports, subject);
  else await presentHandoff(tx, ports, subject.id);
  ports.wake();
}
