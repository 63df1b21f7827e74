import { z } from "zod";
import { isAmount } from "../../run/check-arguments.ts";
import type { Callable, Said } from "./chat.ts";
import type { Given, ModelPart } from "./declared.ts";

/** What a model asks for, found to be something that the plan declares. */
export type Wish = { kind: "read" | "write"; name: string; values: Record<string, string> };
export type Unheard = { code: "undeclared-tool" | "malformed-wish" | "several-wishes"; wish: string };

const forms: Record<Given["type"], z.ZodType<string>> = {
  text: z.string().trim().min(1).max(2_000),
  id: z
    .string()
    .trim()
    .regex(/^[\w .@&'-]{1,80}$/u),
  // Decimals are texts: a float has no cents, and 1e308 is no amount.
  amount: z
    .string()
    .regex(/^\d{1,12}(\.\d{1,2})?$/)
    .refine(isAmount),
  day: z.iso.date(),
};

function argumentsOf(gives: Record<string, Given>): z.ZodType<Record<string, string>> {
  return z.strictObject(Object.fromEntries(Object.entries(gives).map(([name, { type }]) => [name, forms[type]])));
}

/** What the model is told that it may call. */
export function callablesOf({ reads, wishes }: ModelPart): Callable[] {
  return Object.entries({ ...reads, ...wishes }).map(([name, { about, gives }]) => ({
    name,
    description: about,
    parameters: {
      type: "object",
      properties: Object.fromEntries(
        Object.entries(gives).map(([key, one]) => [key, { type: "string", description: one.about }]),
      ),
      required: Object.keys(gives),
      additionalProperties: false,
    },
  }));
}

/** Reads what a model wishes. Anything may come: what is not declared, or not in its form, is not heard. */
export function readWish({ reads, wishes }: ModelPart, calls: Said["calls"]): Wish | Unheard {
  const [call, ...others] = calls;
  const wish = (call?.name ?? "").slice(0, 60);
  if (call === undefined || others.length > 0) return { code: "several-wishes", wish };
  const kind = Object.hasOwn(wishes, call.name) ? "write" : "read";
  const declared =
    kind === "write" ? wishes[call.name] : Object.hasOwn(reads, call.name) ? reads[call.name] : undefined;
  if (declared === undefined) return { code: "undeclared-tool", wish };
  const values = argumentsOf(declared.gives).safeParse(jsonOf(call.args));
  if (!values.success) return { code: "malformed-wish", wish };
  return { kind, name: call.name, values: values.data };
}

function jsonOf(text: string): unknown {
  try {
    return text.trim() === "" ? {} : JSON.parse(text);
  } catch {
    return undefined;
  }
}
