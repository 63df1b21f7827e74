import type { Filed, Finding } from "./finding.ts";
import { sameWords } from "./same-words.ts";

/** What may be there only once in a fleet: pure, the later of two is found. */
export function aboutUniqueness(filed: readonly Filed[]): Finding[] {
  return [...aboutNames(filed), ...aboutUtterances(filed)];
}

function aboutNames(filed: readonly Filed[]): Finding[] {
  const found: Finding[] = [];
  const seen = new Map<string, string>();
  const once = (kind: string, value: string, file: string, field: string, cure: string): void => {
    const key = `${kind}\n${value}`;
    const first = seen.get(key);
    if (first === undefined) seen.set(key, `${file}: ${field}`);
    else found.push({ file, field, wrong: `"${value}" is taken by ${first}`, cure });
  };
  for (const { file, record } of filed) {
    once("agent", record.agent_id, file, "agent_id", "an id is never used twice: make a new one");
    once(
      "principal",
      record.service_principal_id,
      file,
      "service_principal_id",
      "give each agent an identity of its own",
    );
    once("name", record.display_name.toLowerCase(), file, "display_name", "people must be able to tell agents apart");
    record.intent_patterns.forEach(({ intent_label }, i) => {
      const field = `intent_patterns.${i}.intent_label`;
      once(`intent of ${record.agent_id}`, intent_label, file, field, "name it differently");
    });
  }
  return found;
}

/** An utterance with whose it is. `place`: "Invoice Agent / overdue-invoices". */
type Placed = { file: string; field: string; utterance: string; place: string; isCounterExample: boolean };

/** Words that stand in two places would be learnt for both, and mean neither: refused with the names of both. */
function aboutUtterances(filed: readonly Filed[]): Finding[] {
  const seen = new Map<string, Placed>();
  return filed.flatMap(placesIn).flatMap((one): Finding[] => {
    const key = sameWords(one.utterance);
    const first = seen.get(key);
    if (first === undefined) {
      seen.set(key, one);
      return [];
    }
    const { file, field, utterance, place } = one;
    const at = `as "${first.utterance}" (${first.file}: ${first.field})`;
    return [
      { file, field, wrong: `"${utterance}" of ${place} is taken by ${first.place} ${at}`, cure: cureOf(first, one) },
    ];
  });
}

function placesIn({ file, record }: Filed): Placed[] {
  const name = record.display_name;
  return [
    ...record.intent_patterns.flatMap(({ intent_label, example_utterances }, i) =>
      example_utterances.map((utterance, j) => ({
        ...{ file, field: `intent_patterns.${i}.example_utterances.${j}`, utterance },
        ...{ place: `${name} / ${intent_label}`, isCounterExample: false },
      })),
    ),
    ...(record.counter_examples ?? []).map((utterance, i) => ({
      ...{ file, field: `counter_examples.${i}`, utterance },
      ...{ place: `${name} / counter_examples`, isCounterExample: true },
    })),
  ];
}

function cureOf(first: Placed, second: Placed): string {
  if (first.place === second.place) return "the same words twice teach nothing: delete one of them";
  if (first.isCounterExample && second.isCounterExample)
    return "a counter-example counts for the whole fleet: keep it in one place";
  if (first.isCounterExample || second.isCounterExample)
    return "the fleet does this, or it does not: delete it in one place";
  return "one utterance can mean one intent only: delete it in one place, or add the words that tell the two apart";
}
