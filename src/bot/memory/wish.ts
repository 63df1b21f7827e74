import type { Kind } from "../../memory/fact.ts";
import { clusterByName } from "../cluster-wanted.ts";

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

/**
 * Reads what follows "remember". "in finance" at its beginning says for whose agents; undefined where it is nothing that could be
 * kept. Pure.
 */
export function readWish(what: string): SpokenWish | undefined {
  const area =
    /^in (?:the )?([\w& -]{2,30}?)[:,]?\s+(?=that\b|this\b|when\b|i mean\b|my\b|the\b|search\b|case\b|[A-Z]{2,5}-\d)/i.exec(
      what,
    );
  const clusterId = area === null ? undefined : clusterByName(area[1] ?? "");
  const text = (clusterId === undefined ? what : what.slice(area?.[0].length)).trim().replace(/[.!]+$/, "");
  for (const [pattern, reading] of readings) {
    const m = pattern.exec(text);
    if (m !== null) return { ...reading([...m]), clusterId };
  }
  return undefined;
}
