import type { Kind as ReportKind } from "../review/reports/period.ts";
import { readCode } from "../turn/code.ts";
import { type DutyCommand, dutyRules } from "./duty-command.ts";
import { type MemoryCommand, memoryRules } from "./memory/command.ts";

/** What people type instead of clicking (every card action has a typed equivalent, under the same rules). */
export type Command =
  | { kind: "approve"; code: string }
  | { kind: "reject"; code: string; reason: string }
  | { kind: "ask"; code: string; question: string }
  | { kind: "delegate-one"; code: string; to: string }
  | { kind: "answer"; code: string; text: string }
  | { kind: "change"; code: string; slot: string; value: string }
  | { kind: "delegate"; to: string; days: number }
  | { kind: "back" }
  | { kind: "runs" }
  | { kind: "run"; code: string }
  | { kind: "pause"; code: string; why: string }
  | { kind: "resume"; code: string }
  | { kind: "cancel"; code: string; why: string }
  | { kind: "rerun"; code: string; from: string }
  | { kind: "stop-fleet"; reason: string }
  | { kind: "release-fleet" }
  | { kind: "approver-report" }
  | { kind: "reliability" }
  | { kind: "report"; of: ReportKind; isSoFar: boolean }
  | { kind: "fleet"; wanted: string }
  | { kind: "agent"; agent: string }
  | { kind: "versions"; agent: string }
  | { kind: "roll-back"; agent: string; to: number; replay: boolean }
  | { kind: "undo"; code: string }
  | { kind: "canary"; agent: string; version: number; share: number }
  | { kind: "promote"; agent: string }
  | { kind: "approvals" }
  | { kind: "requests" }
  | { kind: "status"; code: string }
  | { kind: "why"; code: string }
  | { kind: "corrections" }
  | { kind: "reviews" }
  | DutyCommand
  | { kind: "learn"; code: string; as: string | undefined }
  | { kind: "dismiss"; code: string; why: string }
  | { kind: "wrong-agent"; code: string }
  | { kind: "person"; about: string }
  | { kind: "claim"; code: string }
  | { kind: "resolve"; note: string }
  | { kind: "hand-back" }
  | { kind: "bind-channel"; cluster: string }
  | { kind: "memory"; wish: MemoryCommand }
  | { kind: "never-mind" }
  | { kind: "help" };

const CODE = "#?([0-9a-zA-Z]{4,8}(?:-\\d{1,2})?)";
type Rule = [RegExp, (m: string[]) => Command];
const rules: Rule[] = [
  [new RegExp(`^(?:approve|confirm)\\s+${CODE}$`, "i"), (m) => ({ kind: "approve", code: readCode(m[1] ?? "") })],
  [
    new RegExp(`^(?:reject|decline)\\s+${CODE}(?:[\\s:,]+([\\s\\S]+))?$`, "i"),
    (m) => ({ kind: "reject", code: readCode(m[1] ?? ""), reason: m[2]?.trim() ?? "" }),
  ],
  [
    new RegExp(`^ask\\s+${CODE}[\\s:,]+([\\s\\S]+)$`, "i"),
    (m) => ({ kind: "ask", code: readCode(m[1] ?? ""), question: m[2] ?? "" }),
  ],
  [
    new RegExp(`^delegate\\s+${CODE}\\s+to\\s+(.+)$`, "i"),
    (m) => ({ kind: "delegate-one", code: readCode(m[1] ?? ""), to: m[2]?.trim() ?? "" }),
  ],
  [
    new RegExp(`^answer\\s+${CODE}[\\s:,]+([\\s\\S]+)$`, "i"),
    (m) => ({ kind: "answer", code: readCode(m[1] ?? ""), text: m[2] ?? "" }),
  ],
  [
    new RegExp(`^change\\s+${CODE}\\s+([a-z_]+)\\s+(?:to\\s+)?(.+)$`, "i"),
    (m) => ({ kind: "change", code: readCode(m[1] ?? ""), slot: m[2] ?? "", value: m[3]?.trim() ?? "" }),
  ],
  [
    /^(?:i am out of office[:,]? )?(?:delegate|pass) my approvals to (.+?) for (\d{1,3}) days?[.!]?$/i,
    (m) => ({ kind: "delegate", to: m[1]?.trim() ?? "", days: Number(m[2]) }),
  ],
  [/^i(?: am|['’]m) back[.!]?$/i, () => ({ kind: "back" })],
  [/^(?:list )?runs$/i, () => ({ kind: "runs" })],
  [new RegExp(`^(?:show )?run\\s+${CODE}$`, "i"), (m) => ({ kind: "run", code: readCode(m[1] ?? "") })],
  [
    new RegExp(`^pause\\s+${CODE}(?:[\\s:,]+(.+))?$`, "i"),
    (m) => ({ kind: "pause", code: readCode(m[1] ?? ""), why: m[2]?.trim() ?? "An operator paused it." }),
  ],
  [new RegExp(`^resume\\s+${CODE}$`, "i"), (m) => ({ kind: "resume", code: readCode(m[1] ?? "") })],
  [
    new RegExp(`^(?:cancel|withdraw)\\s+${CODE}(?:[\\s:,]+(.+))?$`, "i"),
    (m) => ({ kind: "cancel", code: readCode(m[1] ?? ""), why: m[2]?.trim() ?? "taken back" }),
  ],
  [
    new RegExp(`^re-?run\\s+${CODE}\\s+from\\s+(?:step\\s+)?([a-z0-9_]+)$`, "i"),
    (m) => ({ kind: "rerun", code: readCode(m[1] ?? ""), from: (m[2] ?? "").toLowerCase() }),
  ],
  [
    /^stop all actions(?:[\s:,]+([\s\S]+))?$/i,
    (m) => ({ kind: "stop-fleet", reason: m[1]?.trim().slice(0, 500) ?? "no reason given" }),
  ],
  [/^(?:release|resume) all actions$/i, () => ({ kind: "release-fleet" })],
  [/^versions (?:of )?(.+)$/i, (m) => ({ kind: "versions", agent: m[1] ?? "" })],
  [
    /^roll ?back (.+?) to (?:version )?(\d{1,6})( and replay)?$/i,
    (m) => ({ kind: "roll-back", agent: m[1] ?? "", to: Number(m[2]), replay: m[3] !== undefined }),
  ],
  [new RegExp(`^undo\\s+${CODE}$`, "i"), (m) => ({ kind: "undo", code: readCode(m[1] ?? "") })],
  [
    /^canary (.+?) version (\d{1,6}) (?:at|for) (\d{1,2}) ?(?:%|percent)$/i,
    (m) => ({ kind: "canary", agent: m[1] ?? "", version: Number(m[2]), share: Number(m[3]) }),
  ],
  [/^promote (.+)$/i, (m) => ({ kind: "promote", agent: m[1] ?? "" })],
  [/^(?:approver|approval) report$/i, () => ({ kind: "approver-report" })],
  [
    /^(?:show |the )*(weekly|monthly|quarterly) (?:report|(?:engineering )?(?:risk )?review|(?:governance )?review|(?:registry )?audit)( so far)?$/i,
    (m) => ({ kind: "report", of: (m[1] ?? "").toLowerCase() as ReportKind, isSoFar: m[2] !== undefined }),
  ],
  [/^(?:routing )?reliability$/i, () => ({ kind: "reliability" })],
  [
    /^(?:show |list )?(?:the |our )?fleet(?:[\s:,]+(.{1,60}))?$/i,
    (m) => ({ kind: "fleet", wanted: m[1]?.trim() ?? "" }),
  ],
  [/^(?:show )?agent[\s:]+(.{2,80})$/i, (m) => ({ kind: "agent", agent: m[1]?.trim() ?? "" })],
  [/^(?:my )?approvals$|^(?:what(?:'s| is) )?waiting (?:on|for) me$/i, () => ({ kind: "approvals" })],
  [/^(?:my )?requests$/i, () => ({ kind: "requests" })],
  [/^(?:agent )?reviews$|^(?:my )?(?:agent reviews|duties)$/i, () => ({ kind: "reviews" })],
  ...dutyRules,
  [/^(?:my )?corrections$/i, () => ({ kind: "corrections" })],
  [
    new RegExp(`^learn\\s+${CODE}(?:(?:\\s+as|\\s*:)\\s+([\\s\\S]+))?$`, "i"),
    (m) => ({ kind: "learn", code: readCode(m[1] ?? ""), as: m[2]?.trim() }),
  ],
  [
    new RegExp(`^dismiss\\s+${CODE}(?:[\\s:,]+([\\s\\S]+))?$`, "i"),
    (m) => ({ kind: "dismiss", code: readCode(m[1] ?? ""), why: m[2]?.trim() ?? "" }),
  ],
  [
    new RegExp(`^wrong agent[.!?]?(?:\\s+${CODE})?$`, "i"),
    (m) => ({ kind: "wrong-agent", code: readCode(m[1] ?? "") }),
  ],
  [new RegExp(`^status\\s+${CODE}$`, "i"), (m) => ({ kind: "status", code: readCode(m[1] ?? "") })],
  [new RegExp(`^why\\s+${CODE}$`, "i"), (m) => ({ kind: "why", code: readCode(m[1] ?? "") })],
  [
    /^(?:please )?(?:(?:can i |i want to |let me |i(?:'d| would) like to )?(?:talk|speak|chat) (?:to|with) (?:a |an |some |any |the )?(?:real |actual )?(?:human|person|someone|somebody|people|agent|colleague)|human please|a person,? please|get me a (?:human|person))(?: (?:from|in|at|of|about) (.+?))?(?: please)?[.!]?$/i,
    (m) => ({ kind: "person", about: m[1] ?? "" }),
  ],
  [new RegExp(`^claim\\s+${CODE}$`, "i"), (m) => ({ kind: "claim", code: readCode(m[1] ?? "") })],
  [/^resolved?(?:[\s:,]+([\s\S]+))?$/i, (m) => ({ kind: "resolve", note: m[1]?.trim() ?? "" })],
  [/^(?:hand (?:it |this )?back|back to (?:the )?bot)[.!]?$/i, () => ({ kind: "hand-back" })],
  [/^use this channel for (.+)$/i, (m) => ({ kind: "bind-channel", cluster: m[1]?.trim() ?? "" })],
  [/^(?:never ?mind|forget it|cancel|stop)[.!]?$/i, () => ({ kind: "never-mind" })],
  // After "forget it".
  ...memoryRules.map(([pattern, wish]): Rule => [pattern, (m) => ({ kind: "memory", wish: wish(m) })]),
  [/^(?:help|hi|hello|hey|\?)[.!]?$/i, () => ({ kind: "help" })],
];

/** Reads a typed command; undefined where the text is something to be routed. */
export function readCommand(text: string): Command | undefined {
  if (text.length > 2_000) return undefined;
  for (const [pattern, command] of rules) {
    const m = pattern.exec(text);
    if (m !== null) return command([...m]);
  }
  return undefined;
}
