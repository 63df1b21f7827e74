import { type Lessons, train } from "./model.ts";

process.once("message", (lessons: Lessons) => {
  process.send?.(train(lessons), () => process.disconnect());
});
