// A process that trains: it is told the lessons, then does one task after the other until its parent lets go of it.
import { type Cases, judgeFold } from "./folds.ts";
import { learnAll } from "./learn.ts";
import type { Heard, Lessons } from "./lessons.ts";
import type { Calibrations, Learnt } from "./model.ts";
import { calibrations } from "./sureness.ts";

/** `lessons` comes first. */
export type Order = { kind: "lessons"; lessons: Lessons } | { kind: "heard"; heard: Heard };
export type Task = { kind: "all" } | { kind: "fold"; fold: number } | { kind: "calibrate"; folds: Cases[] };
export type Result =
  | { kind: "all"; learnt: Learnt }
  | { kind: "fold"; cases: Cases }
  | { kind: "calibrate"; calibrations: Calibrations };

let lessons: Lessons = { documents: [], background: [], counterExamples: [], intents: 0, seed: 0 };

process.on("message", (said: Order | Task) => {
  switch (said.kind) {
    case "lessons":
      lessons = said.lessons;
      return;
    case "heard":
      lessons = { ...lessons, heard: said.heard };
      return;
    default:
      process.send?.(resultOf(said));
  }
});
// Nobody waits for the result of an orphan.
process.once("disconnect", () => process.exit());

function resultOf(task: Task): Result {
  switch (task.kind) {
    case "all":
      return { kind: "all", learnt: learnAll(lessons) };
    case "fold":
      return { kind: "fold", cases: judgeFold(lessons, task.fold) };
    case "calibrate":
      return { kind: "calibrate", calibrations: calibrations(task.folds, lessons.outside) };
  }
}
