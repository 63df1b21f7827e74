// `npm run -s route:eval -- --train FILE… --test FILE… [--background FILE…] [--predictions OUT] [--seed N]`
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { messageOf } from "../../errors.ts";
import { evaluate } from "./evaluate.ts";
import { readRows } from "./rows.ts";

try {
  const file = { type: "string", multiple: true, default: [] as string[] } as const;
  const { values, positionals } = parseArgs({
    // `--train a.jsonl b.jsonl` names two files: what stands alone belongs to the option before it.
    args: spelledOut(process.argv.slice(2)),
    options: {
      ...{ train: file, test: file, background: file },
      predictions: { type: "string" },
      seed: { type: "string", default: "1" },
    },
    allowPositionals: true,
  });
  const seed = Number(values.seed);
  if (positionals.length > 0) throw new Error(`${positionals[0]} belongs to no option.`);
  if (values.train.length === 0 || values.test.length === 0) throw new Error("Name files with --train and --test.");
  if (!Number.isInteger(seed)) throw new Error("--seed must be a whole number.");
  const background = values.background.flatMap(readRows).map(({ text }) => ({ text, intent: null }));
  const train = [...values.train.flatMap(readRows), ...background];
  const { predictions, metrics, trainingSeconds } = await evaluate({
    train,
    test: values.test.flatMap(readRows),
    seed,
  });
  if (values.predictions !== undefined)
    writeFileSync(values.predictions, predictions.map((one) => `${JSON.stringify(one)}\n`).join(""));
  const latencies = predictions.map(({ latency_us }) => latency_us).sort((a, b) => a - b);
  const at = (share: number): number => latencies[Math.floor(latencies.length * share)] ?? 0;
  const peakMemoryMb = process.resourceUsage().maxRSS / 1_024;
  process.stdout.write(
    `${JSON.stringify({ ...metrics, trainingSeconds, p50Us: at(0.5), p95Us: at(0.95), peakMemoryMb })}\n`,
  );
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 2;
}

function spelledOut(args: readonly string[]): string[] {
  const lists = ["--train", "--test", "--background"];
  let last: string | undefined;
  return args.flatMap((arg, i) => {
    const isValue = !arg.startsWith("--");
    if (!isValue) last = arg;
    const isFurther = isValue && !(args[i - 1] ?? "").startsWith("--");
    return isFurther && last !== undefined && lists.includes(last) ? [last, arg] : [arg];
  });
}
