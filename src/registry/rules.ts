import type { Directory } from "../identity/directory.ts";
import { aboutApprover } from "./approver.ts";
import type { Filed, Finding } from "./finding.ts";
import { aboutUniqueness } from "./uniqueness.ts";

/** Does a plan change something, which tools does it call, and which of these do what nothing takes back? */
export type PlanInBrief = { acts: boolean; tools: readonly string[]; irreversible: readonly string[] };

/** What a record is checked against. */
export type Surroundings = {
  directory: Pick<Directory, "byUpn" | "people">;
  plans: ReadonlyMap<string, PlanInBrief>;
  /** names of plans that are there and have errors of their own */
  unreadable?: ReadonlySet<string>;
  /**
   * "2026-11-21", where whoever changes a record is asked about its end. A start does not ask: an agent whose time is over
   * retires by itself, and must not keep the others from serving.
   */
  today?: string;
};

const MOST_ACTING_SHARE = 0.2;
const ACTING_THRESHOLD = 0.8;
const LIFE_YEARS = 2;

/** The rules that a single field cannot show: pure, all findings at once, in the order of the files. */
export function findingsIn(filed: readonly Filed[], around: Surroundings): Finding[] {
  return [
    ...filed.flatMap((one) => [
      ...aboutOwner(one, around),
      ...aboutLife(one, around),
      ...aboutIntents(one, around),
      ...aboutScopes(one, around),
    ]),
    ...aboutUniqueness(filed),
    ...aboutTheFleet(filed),
  ];
}

function aboutOwner({ file, record }: Filed, { directory }: Surroundings): Finding[] {
  return whyNoPerson(directory, record.owner_upn).map((why) => ({
    file,
    field: "owner_upn",
    wrong: `${record.owner_upn} ${why}`,
    cure: "name a person who answers for this agent; a team alias or shared mailbox cannot",
  }));
}

function aboutScopes({ file, record }: Filed, { directory }: Surroundings): Finding[] {
  return record.data_scopes.flatMap(({ approved_by }, i) =>
    whyNoPerson(directory, approved_by).map((why) => ({
      file,
      field: `data_scopes.${i}.approved_by`,
      wrong: `${approved_by} ${why}`,
      cure: "name the person who approved this scope",
    })),
  );
}

function whyNoPerson(directory: Surroundings["directory"], upn: string): string[] {
  const person = directory.byUpn(upn);
  if (person === undefined) return ["is nobody in the people directory"];
  if (person.kind !== "person") return [`is a ${person.kind.replace("-", " ")}, not a person`];
  return person.enabled ? [] : ["is a disabled account"];
}

function aboutLife({ file, record }: Filed, { today }: Surroundings): Finding[] {
  const latest = new Date(record.registered_at);
  latest.setUTCFullYear(latest.getUTCFullYear() + LIFE_YEARS);
  const limit = latest.toISOString().slice(0, 10);
  const { deprecation_date: end, status } = record;
  const found = { file, field: "deprecation_date" };
  if (end > limit)
    return [
      {
        ...found,
        wrong: `${end} is more than ${LIFE_YEARS} years after its registration`,
        cure: `choose ${limit} or earlier`,
      },
    ];
  if (today === undefined || status === "deprecated" || end >= today) return [];
  const later = limit > today ? `choose a day until ${limit}, or ` : "";
  return [{ ...found, wrong: `${end} has passed`, cure: `${later}say that its status is deprecated` }];
}

function aboutIntents({ file, record }: Filed, { plans, unreadable, directory }: Surroundings): Finding[] {
  const isActing = record.capability_mode === "action-capable";
  return record.intent_patterns.flatMap((pattern, i) => {
    const at = `intent_patterns.${i}`;
    const found: Finding[] = [];
    if (isActing && pattern.confidence_threshold < ACTING_THRESHOLD)
      found.push({
        ...{ file, field: `${at}.confidence_threshold` },
        wrong: `${pattern.confidence_threshold} is too low for an action-capable agent`,
        cure: `choose ${ACTING_THRESHOLD.toFixed(2)} or more`,
      });
    const plan = plans.get(pattern.plan);
    if (plan === undefined) {
      // Its own errors are told, and are enough.
      if (unreadable?.has(pattern.plan)) return found;
      const near = [...plans.keys()].filter((name) => name.startsWith(`${record.cluster_id}/`));
      found.push({
        ...{ file, field: `${at}.plan` },
        wrong: `${pattern.plan} does not exist`,
        cure: `choose one of ${near.join(", ") || "manifest/plans"}`,
      });
      return found;
    }
    if (plan.acts && !isActing)
      found.push({
        ...{ file, field: `${at}.plan` },
        wrong: `${pattern.plan} changes something, but the agent is read-only`,
        cure: "choose a plan that only answers, or make the agent action-capable",
      });
    for (const tool of plan.tools)
      if (!record.tools.includes(tool))
        found.push({
          ...{ file, field: "tools" },
          wrong: `${pattern.plan} calls ${tool}, which the agent may not`,
          cure: `add ${tool} after its data owner has agreed, or choose another plan`,
        });
    found.push(...aboutApprover(file, at, pattern, { plan, directory }));
    return found;
  });
}

function aboutTheFleet(filed: readonly Filed[]): Finding[] {
  const serving = filed.filter(({ record }) => record.status !== "deprecated");
  const acting = serving.filter(({ record }) => record.capability_mode === "action-capable");
  const most = Math.floor(serving.length * MOST_ACTING_SHARE);
  return acting.slice(most).map(({ file }) => ({
    ...{ file, field: "capability_mode" },
    wrong: `${acting.length} of ${serving.length} agents are action-capable, and ${most} may be`,
    cure: "make this one read-only, or retire another first",
  }));
}
