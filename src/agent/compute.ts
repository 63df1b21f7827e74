import { Decimal } from "decimal.js";
import { resolve, resolveList, type Scope } from "../action/values.ts";
import { SignalboxError } from "../errors.ts";
import type { Arithmetic, Compute } from "./plan-template.ts";

type Row = Record<string, unknown>;

/**
 * Works out one computed value of a plan. Amounts are decimal strings with two places, day counts integers, percentages
 * decimal strings with one place (R11.3: never a float, never a model).
 * @throws SignalboxError "plan-not-a-number" when an operand is not one
 */
export function compute(rule: Compute, scope: Scope): unknown {
  switch (rule.op) {
    case "sum":
      return sum(resolveList(rule.of, scope), rule.field ?? "amount");
    case "count":
      return resolveList(rule.of, scope).length;
    case "where": {
      const wanted = resolve(rule.value, scope);
      return resolveList(rule.of, scope).filter((row) => compare(row[rule.field], rule.is, wanted));
    }
    case "sort": {
      const direction = rule.order === "asc" ? 1 : -1;
      return [...resolveList(rule.of, scope)].sort((a, b) => direction * order(a[rule.by], b[rule.by]));
    }
    case "join":
      return join(rule, scope);
    case "values":
      return resolveList(rule.of, scope).map((row) => row[rule.field]);
    case "group":
      return group(resolveList(rule.of, scope), rule.by, rule.sum);
    case "each":
      return resolveList(rule.of, scope).map((row) => withColumns(row, rule.set, scope));
    default:
      return arithmetic(rule, scope);
  }
}

/** Compares numbers as decimals and everything else as text (ISO dates sort as text). */
export function compare(left: unknown, is: "=" | "!=" | "<" | "<=" | ">" | ">=", right: unknown): boolean {
  const sign = order(left, right);
  switch (is) {
    case "=":
      return sign === 0;
    case "!=":
      return sign !== 0;
    case "<":
      return sign < 0;
    case "<=":
      return sign <= 0;
    case ">":
      return sign > 0;
    case ">=":
      return sign >= 0;
  }
}

function arithmetic(rule: Arithmetic, scope: Scope): unknown {
  const args = rule.args.map((arg) => resolve(arg, scope));
  if (rule.op === "first-of") return args.find((arg) => arg !== undefined && arg !== null && arg !== "");
  const [first, second] = args;
  switch (rule.op) {
    case "add":
      return number(first).plus(number(second)).toFixed(2);
    case "subtract":
      return number(first).minus(number(second)).toFixed(2);
    case "multiply":
      return number(first).times(number(second)).toFixed(2);
    case "divide":
      return number(second).isZero() ? undefined : number(first).div(number(second)).toFixed(2);
    case "percent":
      return number(second).isZero() ? undefined : number(first).div(number(second)).times(100).toFixed(1);
    case "days-between":
      return Math.round((dayOf(second) - dayOf(first)) / 86_400_000);
    case "add-days":
      return new Date(dayOf(first) + number(second).toNumber() * 86_400_000).toISOString().slice(0, 10);
  }
}

function withColumns(row: Row, columns: Record<string, Arithmetic>, scope: Scope): Row {
  const wider: Row = { ...row };
  // In order: a later column may use an earlier one.
  for (const [name, rule] of Object.entries(columns)) wider[name] = arithmetic(rule, { ...scope, row: wider });
  return wider;
}

/** Where the other list does not have the key, the columns stay empty: it may be older than what was looked up. */
function join(rule: Extract<Compute, { op: "join" }>, scope: Scope): Row[] {
  const others = new Map(resolveList(rule.with, scope).map((row) => [row[rule.on], row]));
  return resolveList(rule.of, scope).map((row) => {
    const other = others.get(row[rule.on]);
    return { ...row, ...Object.fromEntries(rule.take.map((name) => [name, other?.[name]])) };
  });
}

function group(rows: Row[], by: string, field: string | undefined): Row[] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) groups.set(String(row[by]), [...(groups.get(String(row[by])) ?? []), row]);
  return [...groups].map(([key, members]) => ({
    key,
    count: members.length,
    ...(field === undefined ? {} : { total: sum(members, field) }),
  }));
}

function sum(rows: Row[], field: string): string {
  return rows.reduce((total, row) => total.plus(number(row[field])), new Decimal(0)).toFixed(2);
}

function order(left: unknown, right: unknown): number {
  if (isNumber(left) && isNumber(right)) return number(left).comparedTo(number(right));
  const [a, b] = [String(left ?? ""), String(right ?? "")];
  return a < b ? -1 : a > b ? 1 : 0;
}

function isNumber(value: unknown): boolean {
  return typeof value === "number" || (typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value));
}

function number(value: unknown): Decimal {
  if (!isNumber(value))
    throw new SignalboxError("plan-not-a-number", `A plan computes with "${String(value)}", which is not a number.`);
  return new Decimal(value as string | number);
}

function dayOf(value: unknown): number {
  const time = Date.parse(`${String(value).slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(time))
    throw new SignalboxError("plan-not-a-day", `A plan computes with "${String(value)}", which is not a day.`);
  return time;
}
