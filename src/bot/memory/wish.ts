import type { Kind } from "../../memory/fact.ts";
import { clusterByName, clusterCalled } from "../cluster-wanted.ts";

/** What somebody wants kept, as they said it. `value` undefined: it is in what was said or answered last. */
export type SpokenWish = { kind: Kind; name: string; value: string | undefined; clusterId: string | undefined };

const QUOTED = "[\"“”'‘’]?";
const ID = "[A-Z]{2,5}-\\d{2,8}";
type Reading = Omit<SpokenWish, "clusterId">;
const readings: readonly [RegExp, (m: string[]) => Reading][] = [
  [
    new RegExp(`^(?:that )?i mean (.+?) when i say ${QUOTED}(.+?)${QUOTED}$`, "i"),
    (m) => ({ kind: "preference", name: m[2] ?? "", value: m[1] }),
  ],
  [
    new RegExp(`^(?:that )?(?:when i say|by) ${QUOTED}(.+?)${QUOTED},? i mean (.+)$`, "i"),
    (m) => ({ kind: "preference", name: m[1] ?? "", value: m[2] }),
  ],
  [
    new RegExp(`^(?:this|that|the|my)(?: last)? (?:search|question) as ${QUOTED}(.+?)${QUOTED}$`, "i"),
    (m) => ({ kind: "search", name: m[1] ?? "", value: undefined }),
  ],
  [
    new RegExp(`^(?:the |a |my )?search ${QUOTED}([^:]+?)${QUOTED}\\s*:\\s*(.+)$`, "i"),
    (m) => ({ kind: "search", name: m[1] ?? "", value: m[2] }),
  ],
  [
    new RegExp(`^(?:case |the case )?(${ID}) as ${QUOTED}(.+?)${QUOTED}$`, "i"),
    (m) => ({ kind: "case", name: m[2] ?? "", value: m[1]?.toUpperCase() }),
  ],
  [
    new RegExp(`^(?:this|it|this case) as ${QUOTED}(.+?)${QUOTED}$`, "i"),
    (m) => ({ kind: "case", name: m[1] ?? "", value: undefined }),
  ],
  [
    new RegExp(`^(?:that )?${QUOTED}(my .+?)${QUOTED} (?:is|are|means) (.+)$`, "i"),
    (m) => ({ kind: "preference", name: m[1] ?? "", value: m[2] }),
  ],
];

const AREA = "in (?:the )?([\\w& -]{2,30}?)";
const AT_BEGINNING = new RegExp(
  `^${AREA}[:,]?\\s+(?=that\\b|this\\b|when\\b|i mean\\b|my\\b|the\\b|search\\b|case\\b|[A-Z]{2,5}-\\d)`,
  "i",
);
const AT_END = new RegExp(`,?\\s+${AREA}$`, "i");

/**
 * Reads what follows "remember". "in finance" at its beginning, or its end, says for whose agents; undefined where it is nothing
 * that could be kept. Pure.
 */
export function readWish(what: string): SpokenWish | undefined {
  const { text, clusterId } = areaApart(what.trim().replace(/[.!]+$/, ""));
  for (const [pattern, reading] of readings) {
    const m = pattern.exec(text);
    if (m !== null) return { ...reading([...m]), clusterId };
  }
  return undefined;
}

/** At the end only the whole name of an area counts: "my office is in sales street" names none. */
function areaApart(text: string): { text: string; clusterId: string | undefined } {
  const first = AT_BEGINNING.exec(text);
  const clusterId = first === null ? undefined : clusterByName(first[1] ?? "");
  if (first !== null && clusterId !== undefined) return { text: text.slice(first[0].length).trim(), clusterId };
  const last = AT_END.exec(text);
  const named = last === null ? undefined : clusterCalled(last[1] ?? "");
  if (last === null || named === undefined) return { text, clusterId: undefined };
  return { text: text.slice(0, last.index), clusterId: named };
}
