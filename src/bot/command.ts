import { readCode } from "../turn/code.ts";

/** What people type instead of clicking (every card action has a typed equivalent, under the same rules). */
export type Command =
  | { kind: "approve"; code: string }
  | { kind: "reject"; code: string; reason: string }
  | { kind: "approvals" }
  | { kind: "requests" }
  | { kind: "status"; code: string }
  | { kind: "why"; code: string }
  | { kind: "person"; about: string }
  | { kind: "claim"; code: string }
  | { kind: "resolve"; note: string }
  | { kind: "hand-back" }
  | { kind: "bind-channel"; cluster: string }
  | { kind: "never-mind" }
  | { kind: "help" };

const CODE = "#?([0-9a-zA-Z]{4,8})";
type Rule = [RegExp, (m: string[]) => Command];
const rules: Rule[] = [
  [new RegExp(`^(?:approve|confirm)\\s+${CODE}$`, "i"), (m) => ({ kind: "approve", code: readCode(m[1] ?? "") })],
  [
    new RegExp(`^(?:reject|decline)\\s+${CODE}(?:[\\s:,]+([\\s\\S]+))?$`, "i"),
    (m) => ({ kind: "reject", code: readCode(m[1] ?? ""), reason: m[2]?.trim() ?? "" }),
  ],
  [/^(?:my )?approvals$|^(?:what(?:'s| is) )?waiting (?:on|for) me$/i, () => ({ kind: "approvals" })],
  [/^(?:my )?requests$/i, () => ({ kind: "requests" })],
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
