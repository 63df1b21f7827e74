import { z } from "zod";
import type { Queryable, Tx } from "../../store/pool.ts";
import { Refusal } from "./refusal.ts";
import { IdempotencyKey } from "./shapes.ts";

type Row = Record<string, unknown>;
type Common = { name: string; description: string; input: z.ZodObject; output: z.ZodObject };

export type ReadTool = Common & {
  access: "read";
  /** it gives what is one person's, and only on behalf of somebody who may see that */
  isPersonal: boolean;
  /** @param personId object id of whoever asks, where they do so through the agent */
  run(db: Queryable, args: unknown, personId?: string): Promise<Row>;
};
/** A write runs inside the transaction that also records its idempotency key. */
export type WriteTool = Common & {
  access: "write";
  reversal: "compensable" | "event-sourced" | "non-reversible";
  /** name of the tool that takes it back, or that makes the record of events pass over it */
  compensation: string | undefined;
  /** false: it knows no keys, and a repeat is a second effect */
  isIdempotent: boolean;
  run(tx: Tx, args: unknown): Promise<Row>;
};
export type Tool = ReadTool | WriteTool;

type Shapes<I extends z.ZodRawShape, O extends z.ZodRawShape> = {
  name: string;
  description: string;
  input: I;
  output: O;
};
type Args<I extends z.ZodRawShape> = z.output<z.ZodObject<I, z.core.$strict>>;
type Result<O extends z.ZodRawShape> = z.input<z.ZodObject<O, z.core.$strict>>;

export function readTool<I extends z.ZodRawShape, O extends z.ZodRawShape>(
  tool: Shapes<I, O> & { run(db: Queryable, args: Args<I>): Promise<Result<O>> },
): ReadTool {
  return reading(tool, false, (db, args) => tool.run(db, args));
}

/** A tool that gives what is one person's: `run` also hears on whose behalf it is asked, and has to look whether they may. */
export function personalTool<I extends z.ZodRawShape, O extends z.ZodRawShape>(
  tool: Shapes<I, O> & { run(db: Queryable, args: Args<I>, personId: string): Promise<Result<O>> },
): ReadTool {
  return reading(tool, true, (db, args, personId) => {
    if (personId === undefined) throw new Refusal("This is told to a person only, and nobody asks.");
    return tool.run(db, args, personId);
  });
}

function reading<I extends z.ZodRawShape, O extends z.ZodRawShape>(
  tool: Shapes<I, O>,
  isPersonal: boolean,
  run: (db: Queryable, args: Args<I>, personId: string | undefined) => Promise<Result<O>>,
): ReadTool {
  const input = z.strictObject(tool.input);
  return {
    name: tool.name,
    description: tool.description,
    access: "read",
    isPersonal,
    input,
    output: z.strictObject(tool.output),
    run: async (db, args, personId) => ({ ...(await run(db, input.parse(args), personId)) }),
  };
}

type WriteOptions = {
  /** with `compensation` it is compensable, without it event-sourced: it sets a state that nothing erases */
  compensation?: string;
  reversal?: WriteTool["reversal"];
  isIdempotent?: boolean;
};

export function writeTool<I extends z.ZodRawShape, O extends z.ZodRawShape>(
  tool: Shapes<I, O> & WriteOptions & { run(tx: Tx, args: Args<I>): Promise<Result<O>> },
): WriteTool {
  const {
    compensation,
    reversal = compensation === undefined ? "event-sourced" : "compensable",
    isIdempotent = true,
  } = tool;
  const args = z.strictObject(tool.input);
  return {
    name: tool.name,
    description: tool.description,
    access: "write",
    ...{ reversal, compensation, isIdempotent },
    input: isIdempotent ? z.strictObject({ ...tool.input, idempotency_key: IdempotencyKey }) : args,
    output: z.strictObject(tool.output),
    run: async (tx, given) => ({ ...(await tool.run(tx, args.parse(given))) }),
  };
}
