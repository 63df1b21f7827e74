import { SignalboxError } from "../errors.ts";
import type { AgentRecord } from "../registry/agent-record.ts";
import { nearNames } from "../registry/near-names.ts";
import { type AgentVersion, activeVersions } from "../registry/versions/store.ts";
import type { ReadingRoom } from "./desk.ts";

/** The version that serves of the agent with this name or id. @throws SignalboxError "agent-unknown", with names that are near */
export async function findAgent({ pool, config }: ReadingRoom, name: string): Promise<AgentVersion> {
  if (name === "") throw new SignalboxError("agent-unknown", 'Name an agent, such as "Invoice Agent".');
  const versions = await activeVersions(pool, config.tenantId);
  const isMeant = ({ agent_id, display_name }: AgentRecord): boolean =>
    agent_id === name.toLowerCase() || display_name.toLowerCase() === name.toLowerCase();
  // An agent that left the files may have had the name of one that serves.
  const found = versions.findLast(({ record }) => isMeant(record));
  if (found !== undefined) return found;
  const near = nearNames(
    name,
    versions.map(({ record }) => record.display_name),
  );
  throw new SignalboxError(
    "agent-unknown",
    `There is no agent "${name.slice(0, 60)}". Near it: ${near.join(", ") || "none"}.`,
  );
}
