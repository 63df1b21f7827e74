import type { ChainReport } from "../../../audit/verify.ts";
import type { Pair, Side } from "../../../registry/diff/pair.ts";
import { permissionsOf } from "../../../registry/diff/permissions.ts";
import { figure, type Section } from "../report.ts";
import type { Decisions, Exception, Gaps } from "./store.ts";

/** What the monthly review is computed from; `before`: the same of the month before. */
export type MonthlyFacts = {
  exceptions: readonly Exception[];
  byHand: readonly Exception[];
  decisions: Decisions;
  denied: readonly { policyId: string; n: number }[];
  newPolicies: readonly string[];
  /** the registry at the beginning and at the end of the month, by agent */
  registry: { before: ReadonlyMap<string, Side>; after: ReadonlyMap<string, Side> };
  chain: ChainReport;
  gaps: Gaps;
  before: { exceptions: readonly Exception[]; byHand: readonly Exception[]; decisions: Decisions; gaps: Gaps };
  nameOf(agentId: string): string;
};

/** Evidence of what policy allows as an exception, in words. */
const exceptionWords: Record<string, string> = {
  "review.extend": "Reviews put off",
  "incident.returned": "Agents put back after an incident",
  "approval.escalated": "Approvals that went to the next in line",
  "run.raise": "Budgets raised",
  "run.settle-check": "Effects of which a person said whether they happened",
  "run.rerun": "Runs begun again with a step",
  "fleet.stop": "Uses of the kill switch",
  "fleet.release": "Releases of the kill switch",
  "agent.owner-named": "Owners named on a card",
};
export const exceptionKinds = Object.keys(exceptionWords);

/** The monthly governance review: policy exceptions, tool inventory changes, audit-trail quality. Pure. */
export function monthlySections(facts: MonthlyFacts): Section[] {
  return [exceptionsSection(facts), decisionsSection(facts), policiesSection(facts), inventory(facts), trail(facts)];
}

function exceptionsSection({ exceptions, byHand, before, nameOf }: MonthlyFacts): Section {
  const count = (some: readonly Exception[], kind: string): number => some.filter((one) => one.kind === kind).length;
  const seen = exceptionKinds.filter((kind) => count(exceptions, kind) + count(before.exceptions, kind) > 0);
  const line = ({ at, kind, agentId, code, why }: Exception): string =>
    [
      day(at),
      exceptionWords[kind] ?? kind,
      ...(code === null ? [] : [code]),
      ...(agentId === null ? [] : [nameOf(agentId)]),
    ]
      .concat(why === "" ? [] : [`“${why}”`])
      .join(" · ");
  return {
    heading: "Policy exceptions",
    isBad: exceptions.length + byHand.length > before.exceptions.length + before.byHand.length,
    figures: [
      figure("In all", exceptions.length + byHand.length, before.exceptions.length + before.byHand.length),
      ...seen.map((kind) =>
        figure(exceptionWords[kind] ?? kind, count(exceptions, kind), count(before.exceptions, kind)),
      ),
      figure("Status of agents changed by hand", byHand.length, before.byHand.length),
    ],
    lines: [...exceptions, ...byHand].toSorted((a, b) => a.at.getTime() - b.at.getTime()).map(line),
  };
}

function decisionsSection({ decisions, before }: MonthlyFacts): Section {
  const { approved, rejected, expired, inPlace, quick, looked } = decisions;
  const then = before.decisions;
  return {
    heading: "Approvals",
    isBad: expired > then.expired || (looked > 0 && quick / looked > 0.2),
    figures: [
      figure("Approved", approved, then.approved),
      figure("Rejected", rejected, then.rejected),
      figure("Expired", expired, then.expired),
      figure("Decided in somebody's place", inPlace, then.inPlace),
      figure("Decided within two seconds of the first look", `${quick} of ${looked}`),
    ],
    lines: [],
  };
}

function policiesSection({ denied, newPolicies }: MonthlyFacts): Section {
  return {
    heading: "Policies",
    isBad: false,
    figures: [
      figure("Versions in force for the first time", newPolicies.length),
      figure(
        "Actions denied",
        denied.reduce((sum, { n }) => sum + n, 0),
      ),
    ],
    lines: [
      ...newPolicies.map((version) => `new version ${version}`),
      ...denied.map(({ policyId, n }) => `${policyId} denied ${n} ${n === 1 ? "action" : "actions"}`),
    ],
  };
}

function inventory({ registry: { before, after } }: MonthlyFacts): Section {
  const pairs: Pair[] = [...after].map(([agentId, side]) => ({ agentId, before: before.get(agentId), after: side }));
  const newcomers = pairs.filter((pair) => pair.before === undefined);
  const { tools, writes, scopes, changed } = permissionsOf(pairs.filter((pair) => pair.before !== undefined));
  const gives = ({ after: side }: Pair): string =>
    `new agent ${side?.record.display_name}: ${side?.record.capability_mode}, ${side?.record.tools.length} tools`;
  return {
    heading: "Tools and data",
    isBad: writes.gained.length > 0,
    figures: [
      figure("New agents", newcomers.length),
      figure("Tools given to agents", tools.gained.length),
      figure("Tools taken from agents", tools.lost.length),
      figure("New ways to change something", writes.gained.length),
      figure("Data scopes given to agents", scopes.gained.length),
      figure("Data scopes taken from agents", scopes.lost.length),
    ],
    lines: [
      ...newcomers.map(gives),
      ...writes.gained.map(({ name, intent, tool, irreversible }) => {
        const how = irreversible ? ", which cannot be undone" : "";
        return `${name} may now change something with ${tool} (${intent})${how}`;
      }),
      ...tools.gained.map(({ name, tool }) => `${name} was given ${tool}`),
      ...tools.lost.map(({ name, tool }) => `${name} lost ${tool}`),
      ...scopes.gained.map(({ name, scope, classification }) => `${name} may now see ${scope} (${classification})`),
      ...scopes.lost.map(({ name, scope }) => `${name} sees ${scope} no more`),
      ...changed.map(({ name, what, from, to }) => `${name}: ${what} ${String(from)} → ${String(to)}`),
    ],
  };
}

function trail({ chain, gaps, before }: MonthlyFacts): Section {
  const { links, turnsWithout, actionsWithout, neverCameBack } = gaps;
  return {
    heading: "Audit trail",
    isBad: chain.broken !== undefined || turnsWithout + actionsWithout > 0,
    figures: [
      figure("The chain", chain.broken === undefined ? `holds, ${chain.links} links` : `broken at ${chain.broken.seq}`),
      figure("Links of this month", links, before.gaps.links),
      figure("Turns without a link", turnsWithout, before.gaps.turnsWithout),
      figure("Effects without a link", actionsWithout, before.gaps.actionsWithout),
      figure("Calls that never came back", neverCameBack, before.gaps.neverCameBack),
    ],
    lines: chain.broken === undefined ? [`head ${chain.head}`] : [`link ${chain.broken.seq}: ${chain.broken.why}`],
  };
}

function day(at: Date): string {
  return at.toISOString().slice(0, 10);
}
