import pg from "pg";
import type { Pool } from "../../src/store/pool.ts";

const AT_ONCE = 16;

let queries = 0;
const original = pg.Client.prototype.query as (...given: unknown[]) => unknown;
pg.Client.prototype.query = function (this: unknown, ...given: unknown[]) {
  queries += 1;
  return original.apply(this, given);
} as typeof pg.Client.prototype.query;

export type Measured = {
  perSecond: number;
  cycle50: number;
  cycle95: number;
  /** of one cycle, on average */
  queries: number;
  writes: number;
  cpuMs: number;
};

/** Runs `cycle` so many times, 16 in flight. @returns times in milliseconds */
export async function meter(pool: Pool, cycles: number, cycle: (i: number) => Promise<void>): Promise<Measured> {
  const spans: number[] = [];
  const before = { queries, cpu: process.cpuUsage(), xid: await xid(pool), at: performance.now() };
  let next = 0;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (next < cycles) {
        const began = performance.now();
        await cycle(next++);
        spans.push(performance.now() - began);
      }
    }),
  );
  const seconds = (performance.now() - before.at) / 1_000;
  const cpu = process.cpuUsage(before.cpu);
  return {
    perSecond: cycles / seconds,
    ...{ cycle50: quantile(spans, 0.5), cycle95: quantile(spans, 0.95) },
    queries: (queries - before.queries) / cycles,
    writes: ((await xid(pool)) - before.xid) / cycles,
    cpuMs: (cpu.user + cpu.system) / 1_000 / cycles,
  };
}

/** Each transaction that writes takes one number. */
async function xid(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ xid: string }>("select pg_current_xact_id()::text as xid");
  return Number(rows[0]?.xid);
}

export function quantile(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length * share)] ?? 0;
}
