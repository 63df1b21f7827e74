import { z } from "zod";
import { hasHidden } from "./hidden.ts";
import { type Label, merged, type Origin, UNKNOWN } from "./label.ts";

/**
 * What the inventory says of a system. `content`: everything that it gives is text of others (documents, mails). `records`:
 * values of a fixed form are data, and so are the fields that `names` lists; every other text is somebody's words.
 */
export const SystemTrust = z.discriminatedUnion("holds", [
  z.strictObject({ holds: z.literal("content") }),
  z.strictObject({ holds: z.literal("records"), names: z.array(z.string().regex(/^[a-z_]+$/)) }),
]);
export type SystemTrust = z.infer<typeof SystemTrust>;

/** Of a tool that was read, and when (ISO instant). A system that the inventory does not call one of records holds content. */
export type ReadBy = { system: string; tool: string; at: string | undefined; trust: SystemTrust | undefined };

/** A name is short and on one line; what is longer, or hides something, is no name. */
const MAX_NAME = 120;
/** 12, -3.50, 2026-11-20, 2026-11-20T10:00:00Z, INV-1042, CVE-2026-1234: no form for an order to a model. */
const FIXED = /^(-?\d{1,15}(\.\d{1,6})?|\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2}))?|[A-Z]{2,6}(-\d{1,8}){1,2})$/;
const ID_FIELD = /(^|_)id$/;
const ID = /^[\w.-]{1,64}$/;

function labelOf(field: string, value: string | number | boolean | null, trust: SystemTrust | undefined): Label {
  if (trust?.holds !== "records") return "untrusted";
  if (typeof value !== "string" || value === "" || FIXED.test(value)) return "record";
  if (ID_FIELD.test(field) && ID.test(value)) return "record";
  const isName = trust.names.includes(field) && value.length <= MAX_NAME && !/[\n\t]/.test(value) && !hasHidden(value);
  return isName ? "record" : "untrusted";
}

/** Where a value that was read comes from: one origin for each kind of trust in it. @param field the name that it has there */
export function originsOfRead(by: ReadBy, field: string, value: unknown): Origin[] {
  if (Array.isArray(value)) return merged(...value.map((one) => originsOfRead(by, field, one)));
  if (typeof value === "object" && value !== null)
    return merged(...Object.entries(value).map(([key, one]) => originsOfRead(by, key, one)));
  if (value === undefined) return [];
  if (!isScalar(value)) return [UNKNOWN];
  return [originOf(by, field, labelOf(field, value, by.trust))];
}

/** Of what says nothing of the values, such as how many there are. */
export function originOfSystem(by: ReadBy): Origin {
  return originOf(by, "", by.trust?.holds === "records" ? "record" : "untrusted");
}

function originOf({ system, tool, at, trust }: ReadBy, field: string, label: Label): Origin {
  const untrusted = trust?.holds === "records" ? "text" : "document";
  const channel = label === "record" ? "record" : untrusted;
  return { label, channel, source: system, tool, ...(field !== "" && { field }), ...(at !== undefined && { at }) };
}

function isScalar(value: unknown): value is string | number | boolean | null {
  return value === null || ["string", "number", "boolean"].includes(typeof value);
}
