// A process that trains: it is told the lessons once, then does one task after the other until its parent lets go of it.
import { type Cases, judgeFold } from "./folds.ts";
import { learnAll } from "./learn.ts";
import type { Lessons } from "./lessons.ts";
import type { Calibrations, Learnt } from "./model.ts";
import { calibrations } from "./sureness.ts";

export type Task = { kind: "all" } | { kind: "fold"; fold: number } | { kind: "calibrate"; folds: Cases[] };
export type Result =
  | { kind: "all"; learnt: Learnt }
  | { kind: "fold"; cases: Cases }
  | { kind: "calibrate"; calibrations: Calibrations };

process.once("message", (lessons: Lessons) => {
  process.on("message", (task: Task) => process.send?.(resultOf(lessons, task)));
});
// Nobody waits for the result of an orphan.
process.once("disconnect", () => process.exit());

function resultOf(lessons: Lessons, task: Task): Result {
  switch (task.kind) {
    case "all":
      return { kind: "all", learnt: learnAll(lessons) };
    case "fold":
      return { kind: "fold", cases: judgeFold(lessons, task.fold) };
    case "calibrate":
      return { kind: "calibrate", calibrations: calibrations(task.folds, lessons) };
  }
}
