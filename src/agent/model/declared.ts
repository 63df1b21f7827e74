import { z } from "zod";

/** What a model may fill in, and in which form; everything else of a call is written in the plan. */
const Given = z.strictObject({ type: z.enum(["text", "id", "amount", "day"]), about: z.string().min(3) });
export type Given = z.infer<typeof Given>;

const Name = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, "must be a short name in lower case, such as read_ticket");
const Value = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/**
 * The part of a plan that a language model works out. It is told the instructions, what the person said, and what was read, and
 * answers, or asks for one of what is declared here: by name, with values for what is given. The descriptions that systems give
 * of their tools never reach it; these here have been reviewed.
 */
export const ModelPart = z.strictObject({
  instructions: z.string().min(10),
  /** title of its answer, such as "About {slots.customer}" */
  title: z.string().min(3),
  /** what it may read; arguments refer to what it gives as `$model.name` */
  reads: z.record(
    Name,
    z.strictObject({
      tool: z.string(),
      about: z.string().min(3),
      args: z.record(z.string(), Value),
      gives: z.record(Name, Given).default({}),
    }),
  ),
  /** which writes among the plan's steps it may wish for, by their id */
  wishes: z.record(Name, z.strictObject({ about: z.string().min(3), gives: z.record(Name, Given).default({}) })),
});
export type ModelPart = z.infer<typeof ModelPart>;
