import type { Directory } from "../identity/directory.ts";
import type { AgentRecord } from "./agent-record.ts";
import type { Finding } from "./finding.ts";

type Around = { plan: { irreversible: readonly string[] }; directory: Pick<Directory, "people"> };

/**
 * What nothing takes back is approved by a role that the record names, and that somebody holds: whoever reads the record
 * sees who answers for it before it is registered. Pure. @param at where the pattern stands in the record
 */
export function aboutApprover(
  file: string,
  at: string,
  { plan: name, approver_role: role }: AgentRecord["intent_patterns"][number],
  { plan, directory }: Around,
): Finding[] {
  const [tool] = plan.irreversible;
  if (role === undefined && tool === undefined) return [];
  const held = rolesHeld(directory);
  if (role !== undefined && held.has(role)) return [];
  const wrong =
    role === undefined
      ? `${name} calls ${tool}, which nothing takes back, and no approver is named`
      : `nobody has the role "${role}"`;
  const approvers = [...held].filter((one) => /approver|lead/.test(one)).sort();
  return [
    { file, field: `${at}.approver_role`, wrong, cure: `name a role that somebody has: ${approvers.join(", ")}` },
  ];
}

function rolesHeld({ people }: Around["directory"]): Set<string> {
  return new Set(people.flatMap(({ kind, enabled, roles }) => (kind === "person" && enabled ? roles : [])));
}
