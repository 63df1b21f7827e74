import { parseArgs } from "node:util";
import { drill } from "./drill.ts";

// `npm run drill -- --approvals 200 --kills 30 [--processes 2] [--with-database] [--freeze]`: one JSON line; anything that is
// lost, done twice or told wrongly ends it with an error. Loopback only; it stops by itself.
const { values } = parseArgs({
  options: {
    approvals: { type: "string", default: "20" },
    kills: { type: "string", default: "3" },
    processes: { type: "string", default: "1" },
    "with-database": { type: "boolean", default: false },
    freeze: { type: "boolean", default: false },
  },
});
const number = (name: "approvals" | "kills" | "processes", most: number): number => {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value >= (name === "kills" ? 0 : 1) && value <= most) return value;
  process.stderr.write(`--${name} must be a whole number up to ${most}.\n`);
  process.exit(2);
};
const report = await drill({
  approvals: number("approvals", 1_000),
  kills: number("kills", 200),
  processes: number("processes", 4),
  withDatabase: values["with-database"],
  freeze: values.freeze,
});
process.stdout.write(`${JSON.stringify(report)}\n`);
const { approvals, completed, lost, duplicateEffects, untrueCards, brokenAudit } = report;
process.exit(completed === approvals && lost + duplicateEffects + untrueCards === 0 && !brokenAudit ? 0 : 1);
