import { readFileSync } from "node:fs";

/** Sentences about anything but the work of a fleet, written for this product: what people say to a bot that is none of its business. */
export const background: readonly string[] = readFileSync(new URL("./background.txt", import.meta.url), "utf8")
  .trim()
  .split("\n");
