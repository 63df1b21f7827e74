import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type BotProcess, freePort, startBotProcess } from "../support/bot-process.ts";
import { type LoopbackChannel, startLoopbackChannel } from "../support/loopback-channel.ts";

// `npm run bench`: the figures of the product, measured in one run on loopback. Machines differ and are noisy, so what is
// compared is measured in turn, and the ratio is what counts.
const [, , other] = process.argv;
if (other !== undefined && ["approvals", "audit", "calls", "registry"].includes(other)) {
  await import(`./${other}.ts`);
  process.exit();
}
const ROUNDS = 5;
const MESSAGES = 500;
const WARM_UP = 1_000;
const AT_ONCE = 8;
const STARTS = 3;

const folder = await mkdtemp(join(tmpdir(), "signalbox-bench-"));
await chmod(folder, 0o755);
const channel = await startLoopbackChannel();
let bot: BotProcess | undefined;
let echo: ChildProcess | undefined;
try {
  const first = await timed(async () => {
    bot = await startBotProcess(folder);
  });
  const later: number[] = [];
  for (let i = 0; i < STARTS; i += 1) {
    await bot?.stop();
    later.push(
      await timed(async () => {
        bot = await startBotProcess(folder);
      }),
    );
  }
  await sleep(5_000);
  const signalbox = { pid: bot?.pid ?? 0, url: bot?.url ?? "" };
  const resident = residentMegabytes(signalbox.pid);

  const port = await freePort();
  echo = spawn(process.execPath, [join(import.meta.dirname, "echo-bot.ts")], {
    env: { PATH: process.env.PATH ?? "", PORT: String(port) },
    stdio: "ignore",
  });
  const yardstick = { pid: echo.pid ?? 0, url: `http://127.0.0.1:${port}` };
  await untilReady(yardstick.url);

  await say(channel, signalbox.url, WARM_UP);
  await say(channel, yardstick.url, WARM_UP);
  const costs: { clarify: number; echo: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1)
    costs.push({ clarify: await costOf(signalbox), echo: await costOf(yardstick) });
  const ratios = costs.map(({ clarify, echo: bare }) => clarify / bare);

  report("ready after the first start", `${(first / 1_000).toFixed(1)} s`, "at most 10 s");
  report("ready after a later start (median)", `${(median(later) / 1_000).toFixed(1)} s`, "at most 3 s");
  report("resident memory at rest", `${resident.toFixed(0)} MB`, "at most 250 MB");
  report("CPU of a clarifying turn (median)", `${median(costs.map(({ clarify }) => clarify)).toFixed(2)} ms`, "");
  report("CPU of a bare echo (median)", `${median(costs.map(({ echo: bare }) => bare)).toFixed(2)} ms`, "");
  report("ratio (median of the rounds)", median(ratios).toFixed(2), "at most 2");
} finally {
  echo?.kill("SIGKILL");
  await bot?.stop();
  await channel.close();
  await rm(folder, { recursive: true, force: true });
}

function report(what: string, figure: string, bar: string): void {
  process.stdout.write(`${what.padEnd(40)} ${figure.padStart(10)}   ${bar}\n`);
}

async function timed(work: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

/** Milliseconds of processor time for each message, replies included. */
async function costOf({ pid, url }: { pid: number; url: string }): Promise<number> {
  const before = processorMs(pid);
  await say(channel, url, MESSAGES);
  return (processorMs(pid) - before) / MESSAGES;
}

/** Several people send vague messages, one after the other each; waits until all are answered. */
async function say(channelOf: LoopbackChannel, url: string, count: number): Promise<void> {
  const seats = Array.from({ length: AT_ONCE }, () => channelOf.personalChatOf({ teamsId: `29:${randomUUID()}` }));
  const from = { id: "29:00000000-0000-4000-8000-000000000001", aadObjectId: "00000000-0000-4000-8000-000000000001" };
  const tenantId = "c0a80000-0000-4000-8000-00000000c070";
  let next = 0;
  const worker = async (seat: string): Promise<void> => {
    while (next < count) {
      next += 1;
      const response = await fetch(`${url}/api/messages`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          ...{ type: "message", id: randomUUID(), channelId: "msteams", serviceUrl: channelOf.serviceUrl, from },
          ...{ text: "It's broken again.", recipient: { id: "28:signalbox", name: "Signalbox" } },
          conversation: { id: seat, conversationType: "personal", tenantId },
          channelData: { tenant: { id: tenantId } },
        }),
      });
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    }
  };
  await Promise.all(seats.map(worker));
  const answered = (): number => seats.reduce((sum, seat) => sum + channelOf.shown(seat).length, 0);
  for (const giveUp = Date.now() + 60_000; answered() < count; await sleep(20))
    if (Date.now() > giveUp) throw new Error(`only ${answered()} of ${count} were answered`);
}

async function untilReady(url: string): Promise<void> {
  for (const giveUp = Date.now() + 20_000; Date.now() < giveUp; await sleep(50)) {
    const isReady = await fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return;
  }
  throw new Error(`${url} did not get ready`);
}

/** utime + stime of /proc/<pid>/stat; a clock tick is 10 ms on Linux. */
function processorMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function residentMegabytes(pid: number): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(line?.[1]) / 1_024;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
