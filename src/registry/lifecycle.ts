import type { AgentRecord } from "./agent-record.ts";

export type Status = AgentRecord["status"];

/**
 * Who wants an agent in another status: its owner, somebody who may operate the fleet, the lead of its cluster, or a
 * governance flow by itself.
 */
export type Mover = "owner" | "operator" | "lead" | "flow";

/** `owner`: is there a named person who answers for it? */
export type Circumstances = { by: Mover; hasOwner: boolean };

/** From each status, where it may go at all (R8.3). What is not named here is refused. */
const ways: Record<Status, readonly Status[]> = {
  draft: ["active", "deprecated"],
  active: ["degraded", "suspended", "deprecated"],
  degraded: ["active", "suspended", "deprecated"],
  suspended: ["active", "degraded", "deprecated"],
  deprecated: [],
};

/**
 * The lifecycle of an agent, pure: draft (sandbox only) → active ⇄ degraded / suspended → deprecated, which nothing leaves.
 * @returns why it may not be, as a sentence that tells what to do; undefined where it may
 */
export function whyNot(from: Status, to: Status, { by, hasOwner }: Circumstances): string | undefined {
  if (from === to) return `It is ${to} already.`;
  if (from === "deprecated") return "It is retired, and a retired agent never comes back: register a new one.";
  if (!ways[from].includes(to)) {
    if (to === "draft") return "What has been in service does not become a draft again: suspend it instead.";
    return `From ${from} it can become ${ways[from].join(" or ")}.`;
  }
  if (to === "active" && !hasOwner)
    return "Nobody answers for it: name an owner in its record first, who is a person of the directory.";
  if (from === "draft" && to === "active" && by !== "owner")
    return "Its owner signs off before it serves: the owner makes it active.";
  // A flow brings back what was slow, once it is not; what people took out of service, people bring back.
  if (from === "suspended" && to !== "deprecated" && by === "flow")
    return "It was taken out of service: a person decides whether it comes back.";
  return undefined;
}
