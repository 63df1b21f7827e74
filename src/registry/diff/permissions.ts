import { z } from "zod";
import { classifications } from "../../identity/classification.ts";
import { type Change, type Named, named, type Pair, type Side } from "./pair.ts";

export type Grant = Named & { tool: string /** does a plan of the agent change something with it? */; writes: boolean };
export type Scope = Named & { scope: string; classification: string; approvedBy: string };
/** A call of a plan that changes something. */
export type Write = Named & { intent: string; tool: string; irreversible: boolean };

type Moved<T> = { gained: T[]; lost: T[] };
export type Permissions = {
  tools: Moved<Grant>;
  writes: Moved<Write>;
  scopes: Moved<Scope>;
  /** classification and approval of scopes that stay, and identities */
  changed: Change[];
};

/** What agents may do and see that they might not, and the other way round. Pure. */
export function permissionsOf(pairs: readonly Pair[]): Permissions {
  return {
    tools: moved(pairs, grantsOf, ({ tool }) => tool),
    writes: moved(pairs, writesOf, ({ intent, tool, irreversible }) => `${intent} ${tool} ${irreversible}`),
    scopes: moved(pairs, scopesOf, ({ scope }) => scope),
    changed: pairs.flatMap(changedOf),
  };
}

function moved<T>(pairs: readonly Pair[], of: (name: Named, side: Side) => T[], key: (one: T) => string): Moved<T> {
  const sides = pairs.map((pair) => ({
    old: pair.before === undefined ? [] : of(named(pair), pair.before),
    now: pair.after === undefined ? [] : of(named(pair), pair.after),
  }));
  const without = (some: readonly T[], others: readonly T[]): T[] => {
    const keys = new Set(others.map(key));
    return some.filter((one) => !keys.has(key(one)));
  };
  return {
    gained: sides.flatMap(({ old, now }) => without(now, old)),
    lost: sides.flatMap(({ old, now }) => without(old, now)),
  };
}

/** Of a plan of any age: what it changes, as far as it says so. */
const Steps = z.object({
  steps: z.array(
    z.object({ kind: z.string(), tool: z.string().optional(), undo: z.object({ reversal: z.string() }).optional() }),
  ),
});

function writesOf(name: Named, { record, plans }: Side): Write[] {
  return record.intent_patterns.flatMap(({ intent_label: intent, plan }) => {
    const { steps = [] } = Steps.safeParse(plans[plan]).data ?? {};
    return steps.flatMap(({ kind, tool, undo }) =>
      kind === "write" && tool !== undefined
        ? { ...name, intent, tool, irreversible: undo?.reversal === "non-reversible" }
        : [],
    );
  });
}

function grantsOf(name: Named, side: Side): Grant[] {
  const writing = new Set(writesOf(name, side).map(({ tool }) => tool));
  return side.record.tools.map((tool) => ({ ...name, tool, writes: writing.has(tool) }));
}

function scopesOf(name: Named, { record }: Side): Scope[] {
  return record.data_scopes.map(({ scope_name: scope, classification, approved_by: approvedBy }) => ({
    ...{ ...name, scope, classification, approvedBy },
  }));
}

/** The more is said of the data, the less others may see of it. */
const classes: readonly string[] = classifications;

function changedOf(pair: Pair): Change[] {
  const { before, after } = pair;
  if (before === undefined || after === undefined) return [];
  const change = (what: string, from: string, to: string, isRiskier = false): Change[] =>
    from === to ? [] : [{ ...named(pair), intent: null, what, from, to, isRiskier }];
  const old = new Map(before.record.data_scopes.map((one) => [one.scope_name, one]));
  return [
    ...change("service_principal_id", before.record.service_principal_id, after.record.service_principal_id),
    ...after.record.data_scopes.flatMap((now) => {
      const was = old.get(now.scope_name);
      if (was === undefined) return [];
      const up = classes.indexOf(now.classification) > classes.indexOf(was.classification);
      return [
        ...change(`${now.scope_name}: classification`, was.classification, now.classification, up),
        ...change(`${now.scope_name}: approved_by`, was.approved_by, now.approved_by),
      ];
    }),
  ];
}
