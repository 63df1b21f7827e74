import { AgentRecord } from "../agent-record.ts";
import type { Finding } from "../finding.ts";
import { findingsIn, type Surroundings } from "../rules.ts";
import { type Holder, holderOf, type Lesson, taught } from "./lesson.ts";

/**
 * Why a fleet may not learn this, with the cure; undefined where it may. The rules are those of registration: what the fleet
 * has wrong already is not the lesson's fault, so only what comes with the lesson counts. Pure.
 */
export function whyNotLearn(
  fleet: readonly AgentRecord[],
  lesson: Lesson,
  directory: Surroundings["directory"],
): string | undefined {
  const agent = fleet.find(({ agent_id }) => agent_id === lesson.agentId);
  if (agent === undefined) return "The agent that should learn it is not in the fleet any more. Decline it.";
  const learnt = taught(agent, lesson);
  if (learnt === undefined)
    return `${agent.display_name} does not have “${named(lesson.intent)}” any more. Decline it.`;
  const wrong = shapeErrors(learnt);
  if (wrong !== undefined) return wrong;
  const holder = holderOf(fleet, lesson.utterance);
  if (holder !== undefined) return takenBy(holder, { ...lesson, displayName: agent.display_name });
  const before = new Set(findings(fleet, directory).map(told));
  return findings(
    fleet.map((record) => (record === agent ? learnt : record)),
    directory,
  )
    .map(told)
    .find((finding) => !before.has(finding));
}

/** The files are not at hand, and which plans there are does not change with an utterance. */
function findings(fleet: readonly AgentRecord[], directory: Surroundings["directory"]): Finding[] {
  return findingsIn(
    fleet.map((record) => ({ file: record.display_name, record })),
    { directory, plans: new Map() },
  );
}

function told({ file, field, wrong, cure }: Finding): string {
  return `${file}: ${field}: ${wrong}. Cure: ${cure}.`;
}

function shapeErrors(record: AgentRecord): string | undefined {
  const issue = AgentRecord.safeParse(record).error?.issues.find(({ path }) =>
    path.some((part) => part === "example_utterances" || part === "counter_examples"),
  );
  return issue === undefined ? undefined : `These words cannot be learnt: ${issue.message}. Change them.`;
}

function takenBy(holder: Holder, wanted: Holder): string {
  if (holder.agentId === wanted.agentId && holder.intent === wanted.intent)
    return `${wanted.displayName} knows these words as “${named(wanted.intent)}” already. Change them, or decline.`;
  return `These words belong to ${placeOf(holder)} already, and should be learnt by ${placeOf(wanted)}. One utterance can mean one thing only: change the words so that they say what is different, or decline.`;
}

function placeOf({ displayName, intent }: Holder): string {
  return intent === null ? `the counter-examples of ${displayName}` : `“${named(intent)}” of ${displayName}`;
}

function named(intent: string | null): string {
  return intent === null ? "none of its business" : intent.replaceAll("-", " ");
}
