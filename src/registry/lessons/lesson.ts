import type { AgentRecord } from "../agent-record.ts";
import { sameWords } from "../same-words.ts";

/** Words that an agent learns as an example of one of its intents, or, without an intent, as something it leaves alone. */
export type Lesson = { agentId: string; intent: string | null; utterance: string };

/** The record with the lesson in it; undefined where it is another agent's, or of an intent that the agent does not have. */
export function taught(record: AgentRecord, { agentId, intent, utterance }: Lesson): AgentRecord | undefined {
  if (record.agent_id !== agentId) return undefined;
  if (intent === null) return { ...record, counter_examples: [...(record.counter_examples ?? []), utterance] };
  if (!record.intent_patterns.some(({ intent_label }) => intent_label === intent)) return undefined;
  return {
    ...record,
    intent_patterns: record.intent_patterns.map((pattern) =>
      pattern.intent_label === intent
        ? { ...pattern, example_utterances: [...pattern.example_utterances, utterance] }
        : pattern,
    ),
  };
}

/** Where words stand in a fleet: `intent` is null for a counter-example. */
export type Holder = { agentId: string; displayName: string; intent: string | null };

export function holderOf(records: readonly AgentRecord[], utterance: string): Holder | undefined {
  const key = sameWords(utterance);
  const has = (utterances: readonly string[] = []): boolean => utterances.some((one) => sameWords(one) === key);
  for (const { agent_id: agentId, display_name: displayName, intent_patterns, counter_examples } of records) {
    const pattern = intent_patterns.find(({ example_utterances }) => has(example_utterances));
    if (pattern !== undefined) return { agentId, displayName, intent: pattern.intent_label };
    if (has(counter_examples)) return { agentId, displayName, intent: null };
  }
  return undefined;
}

/**
 * The fleet of the files with what it has learnt since, in the order in which it learnt it. The files come first: words that
 * stand in them, at whichever intent, are not added, and a lesson of an intent that is gone has no place.
 */
export function withLessons(records: readonly AgentRecord[], lessons: readonly Lesson[]): AgentRecord[] {
  return lessons.reduce<AgentRecord[]>(
    (fleet, lesson) =>
      holderOf(fleet, lesson.utterance) === undefined ? fleet.map((record) => taught(record, lesson) ?? record) : fleet,
    [...records],
  );
}

/**
 * The record without the lessons whose words the files have given to another place since: they mean that now.
 * @returns the same record where there are none
 */
export function withoutDisplaced(
  record: AgentRecord,
  lessons: readonly Lesson[],
  filed: readonly AgentRecord[],
): AgentRecord {
  const own = lessons.filter(({ agentId }) => agentId === record.agent_id);
  const displaced = own.filter(({ agentId, intent, utterance }) => {
    const holder = holderOf(filed, utterance);
    return holder !== undefined && (holder.agentId !== agentId || holder.intent !== intent);
  });
  const stays = (where: string | null) => (utterance: string) =>
    !displaced.some((one) => one.intent === where && sameWords(one.utterance) === sameWords(utterance));
  const { counter_examples = [], intent_patterns } = record;
  const isThere =
    !counter_examples.every(stays(null)) ||
    intent_patterns.some(({ intent_label, example_utterances }) => !example_utterances.every(stays(intent_label)));
  if (!isThere) return record;
  return {
    ...record,
    intent_patterns: intent_patterns.map((pattern) => ({
      ...pattern,
      example_utterances: pattern.example_utterances.filter(stays(pattern.intent_label)),
    })),
    ...(record.counter_examples === undefined ? {} : { counter_examples: counter_examples.filter(stays(null)) }),
  };
}

/** A lesson as whoever puts it into the agent's file needs it, and whether somebody has done so. */
export function forTheFiles(
  filed: readonly AgentRecord[],
  lesson: Lesson & { version: number; approvedAt: Date },
  approvedBy: string,
): Record<string, string | number | null> {
  const { agentId, intent, utterance, version, approvedAt } = lesson;
  const agent = filed.find(({ agent_id }) => agent_id === agentId);
  const holder = holderOf(filed, utterance);
  const isThere = holder?.agentId === agentId && holder.intent === intent;
  const hasNoPlace = agent === undefined || taught(agent, lesson) === undefined;
  return {
    agent_id: agentId,
    display_name: agent?.display_name ?? null,
    intent_label: intent,
    add_to: intent === null ? "counter_examples" : "example_utterances",
    utterance,
    state: isThere
      ? "in the file"
      : holder !== undefined
        ? `the file of ${holder.displayName} has it elsewhere`
        : hasNoPlace
          ? "the file has no place for it any more"
          : "to be put into the file",
    since_version: version,
    approved_by: approvedBy,
    approved_at: approvedAt.toISOString(),
  };
}
