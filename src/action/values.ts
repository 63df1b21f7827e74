import { Decimal } from "decimal.js";
import { SignalboxError } from "../errors.ts";
import type { ScopeOrigins } from "../trust/scope-origins.ts";

/** What a plan can refer to while it is worked out. Everything in it is data, never template. */
export type Scope = {
  slots: Record<string, unknown>;
  steps: Record<string, unknown>;
  computed: Record<string, unknown>;
  requester: { upn: string; name: string };
  today: string;
  /** what the coordinator of the agent's cluster knows: `accounts`, `services` or `policies` */
  cluster?: Record<string, unknown>;
  row?: unknown;
  result?: unknown;
  /** what a model has asked a declared step to be filled with */
  model?: Record<string, unknown> | undefined;
  /** where all of this comes from */
  origins?: ScopeOrigins | undefined;
};

/** A literal, or the value that a reference stands for; undefined where the path leads nowhere. "$$" begins a literal "$". */
export function resolve(value: unknown, scope: Scope): unknown {
  if (typeof value !== "string" || !value.startsWith("$")) return value;
  return value.startsWith("$$") ? value.slice(1) : at(value.slice(1), scope);
}

/** A value as a literal: somebody's "$5 off" is no reference. */
export function quoted(value: unknown): unknown {
  return typeof value === "string" && value.startsWith("$") ? `$${value}` : value;
}

/** The same for each argument; what is undefined is left out. */
export function resolveAll(args: Record<string, unknown>, scope: Scope): Record<string, unknown> {
  const resolved = Object.entries(args).map(([name, value]) => [name, resolve(value, scope)] as const);
  return Object.fromEntries(resolved.filter(([, value]) => value !== undefined));
}

/** The list that a reference stands for. @throws SignalboxError "plan-not-a-list" */
export function resolveList(reference: string, scope: Scope): Record<string, unknown>[] {
  const list = resolve(reference, scope);
  if (!Array.isArray(list)) throw new SignalboxError("plan-not-a-list", `${reference} is not a list in this plan.`);
  return list as Record<string, unknown>[];
}

const places = /\{([\w.]+)(?:\|(\w+))?\}/g;

/** Fills the `{path|format}` places of a text once: what is filled in is never read as a template. */
export function fill(text: string, scope: Scope): string {
  return text.replaceAll(places, (_, path: string, format: string | undefined) => shown(at(path, scope), format));
}

/** Fills a text that is filled once more later. @param later gives the path of a place that is left until then */
export function fillPartly(text: string, scope: Scope, later: (path: string) => string | undefined): string {
  return text.replaceAll(places, (_, path: string, format: string | undefined) => {
    const kept = later(path);
    if (kept === undefined) return literal(shown(at(path, scope), format));
    return format === undefined ? `{${kept}}` : `{${kept}|${format}}`;
  });
}

/** Words of people and systems are no template: a brace in them opens no place. */
export function literal(text: string): string {
  return text.replaceAll("{", "(").replaceAll("}", ")");
}

function at(path: string, scope: Scope): unknown {
  let value: unknown = scope;
  for (const key of path.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

function shown(value: unknown, format: string | undefined): string {
  if (value === undefined || value === null || value === "") return "–";
  switch (format) {
    case "money":
      return money(String(value));
    case "date":
      return day(String(value));
    case "percent":
      return `${new Decimal(String(value)).toFixed(1)} %`;
    default:
      return Array.isArray(value) ? value.join(", ") : String(value);
  }
}

/** "1250" → "1,250.00 EUR". The books of the sample company are kept in one currency. */
export function money(amount: string): string {
  const [whole = "0", cents = "00"] = new Decimal(amount).toFixed(2).split(".");
  return `${whole.replaceAll(/\B(?=(\d{3})+(?!\d))/g, ",")}.${cents} EUR`;
}

const dayFormat = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  timeZone: "UTC",
});

/** "2026-11-20" → "20 Nov 2026": the month as a word, so that nobody mixes it up with the day. */
export function day(iso: string): string {
  const date = new Date(iso.length === 10 ? `${iso}T00:00:00Z` : iso);
  return Number.isNaN(date.getTime()) ? iso : dayFormat.format(date);
}
