import { readCode } from "../../turn/code.ts";

/** What people type about what is remembered of them. Names and areas are as they were typed. */
export type MemoryCommand =
  | { verb: "list"; page: number }
  | { verb: "remember"; what: string }
  | { verb: "forget"; what: string }
  | { verb: "correct"; name: string; to: string }
  | { verb: "confirm"; name: string }
  | { verb: "search"; name: string }
  | { verb: "export" }
  | { verb: "opt-in" | "opt-out"; area: string }
  /** of whoever leads the cluster: something in quarantine */
  | { verb: "release" | "delete"; code: string };

const CODE = "#?([0-9a-f]{8})";

export const memoryRules: readonly [RegExp, (m: string[]) => MemoryCommand][] = [
  [
    /^(?:show |list )?(?:my |the )?memory(?:,? page (\d{1,3}))?[.?]?$/i,
    (m) => ({ verb: "list", page: Math.max(0, Number(m[1] ?? 1) - 1) }),
  ],
  [/^what do you remember(?: (?:about|of) me)?\??$/i, () => ({ verb: "list", page: 0 })],
  [/^export (?:my |the )?memory[.]?$/i, () => ({ verb: "export" })],
  [/^memory on (?:in|for) (.{2,40})$/i, (m) => ({ verb: "opt-in", area: m[1] ?? "" })],
  [/^memory off (?:in|for) (.{2,40})$/i, (m) => ({ verb: "opt-out", area: m[1] ?? "" })],
  [new RegExp(`^release memory ${CODE}$`, "i"), (m) => ({ verb: "release", code: readCode(m[1] ?? "") })],
  [new RegExp(`^delete memory ${CODE}$`, "i"), (m) => ({ verb: "delete", code: readCode(m[1] ?? "") })],
  [
    /^correct memory ["“]?(.+?)["”]? to (.+)$/i,
    (m) => ({ verb: "correct", name: m[1]?.trim() ?? "", to: m[2]?.trim() ?? "" }),
  ],
  [/^keep memory ["“]?(.+?)["”]?$/i, (m) => ({ verb: "confirm", name: m[1]?.trim() ?? "" })],
  [/^(?:please )?remember[\s:,]+([\s\S]+)$/i, (m) => ({ verb: "remember", what: m[1]?.trim() ?? "" })],
  [/^(?:please )?forget\s+(.+?)[.!]?$/i, (m) => ({ verb: "forget", what: m[1]?.trim() ?? "" })],
  [/^(?:run |repeat )?(?:my )?search[\s:]+["“]?(.+?)["”]?$/i, (m) => ({ verb: "search", name: m[1]?.trim() ?? "" })],
];
