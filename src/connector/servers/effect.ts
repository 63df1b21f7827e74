import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import { z } from "zod";
import type { Elevation } from "../../identity/tokens/claims.ts";
import { type Pool, transaction } from "../../store/pool.ts";
import { CommitUnknown, Refusal } from "./refusal.ts";
import { IdempotencyKey } from "./shapes.ts";
import { readTool, type WriteTool } from "./tool.ts";
import { useRight } from "./used-right.ts";

type Effect = { tool: string; args_digest: string; result: Record<string, unknown> };

/**
 * Carries out a write at most once for its key: the effect and the key are one transaction, and a repeat gets the stored
 * result. The same key with another tool or other arguments is refused.
 * @throws Refusal, CommitUnknown; any other error means that nothing was changed
 */
export async function performOnce(
  pool: Pool,
  tool: WriteTool,
  input: Record<string, unknown>,
  { runId, right }: { runId: string | undefined; right: Elevation | undefined },
): Promise<Record<string, unknown>> {
  const { idempotency_key: given, ...args } = input;
  const key = IdempotencyKey.parse(given);
  const canonical = canonicalize(args) ?? "";
  const digest = createHash("sha256").update(canonical).digest("hex");
  let settled = false;
  try {
    return await transaction(pool, async (tx) => {
      await useRight(tx, right);
      // A second caller with the same key waits here until the first has committed or given up.
      await tx.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [key]);
      const known = await tx.query<Effect>("select tool, args_digest, result from effect where idempotency_key = $1", [
        key,
      ]);
      const before = known.rows[0];
      if (before !== undefined) return repeated(before, tool.name, digest);
      const result = tool.output.parse(await tool.run(tx, args));
      await tx.query(
        "insert into effect (idempotency_key, tool, args_digest, args, result, run_id) values ($1, $2, $3, $4, $5, $6)",
        [key, tool.name, digest, canonical, JSON.stringify(result), runId ?? null],
      );
      settled = true;
      return result;
    });
  } catch (error) {
    throw settled ? new CommitUnknown(error) : error;
  }
}

/**
 * Carries out a write of a tool that knows no keys, as many systems are: asked twice, it happens twice.
 * @throws as performOnce
 */
export async function performAsTold(
  pool: Pool,
  tool: WriteTool,
  args: Record<string, unknown>,
  { right }: { right: Elevation | undefined },
): Promise<Record<string, unknown>> {
  let settled = false;
  try {
    return await transaction(pool, async (tx) => {
      await useRight(tx, right);
      const result = tool.output.parse(await tool.run(tx, args));
      settled = true;
      return result;
    });
  } catch (error) {
    throw settled ? new CommitUnknown(error) : error;
  }
}

class Rehearsed extends Error {
  readonly result: Record<string, unknown>;
  constructor(result: Record<string, unknown>) {
    super("rehearsed");
    this.result = result;
  }
}

/** What a write would do: it is done, and the transaction is rolled back. */
export async function rehearse(
  pool: Pool,
  tool: WriteTool,
  input: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const { idempotency_key: _, ...args } = input;
  try {
    return await transaction(pool, async (tx) => {
      throw new Rehearsed(tool.output.parse(await tool.run(tx, args)));
    });
  } catch (error) {
    if (error instanceof Rehearsed) return error.result;
    throw error;
  }
}

function repeated(before: Effect, tool: string, digest: string): Record<string, unknown> {
  if (before.tool === tool && before.args_digest === digest) return before.result;
  throw new Refusal(
    `This idempotency key was already used for ${before.tool === tool ? "other arguments" : before.tool}. Nothing was changed.`,
  );
}

/** For reconciliation after an unknown outcome: did the write with this key happen, and with which result? */
export const getEffect = readTool({
  name: "get_effect",
  description: "Tells whether the write with a given idempotency key happened, and with which result.",
  input: { idempotency_key: IdempotencyKey },
  output: {
    happened: z.boolean(),
    tool: z.string().nullable(),
    at: z.iso.datetime().nullable(),
    result: z.record(z.string(), z.unknown()).nullable(),
  },
  async run(db, { idempotency_key }) {
    const found = await db.query<{ tool: string; at: Date; result: Record<string, unknown> }>(
      "select tool, at, result from effect where idempotency_key = $1",
      [idempotency_key],
    );
    const effect = found.rows[0];
    if (effect === undefined) return { happened: false, tool: null, at: null, result: null };
    return { happened: true, tool: effect.tool, at: effect.at.toISOString(), result: effect.result };
  },
});
