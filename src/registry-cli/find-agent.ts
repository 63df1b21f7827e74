import { SignalboxError } from "../errors.ts";
import { type Listed, listAgents } from "../registry/listing/store.ts";
import { nearNames } from "../registry/near-names.ts";
import { type AgentVersion, loadVersion } from "../registry/versions/store.ts";
import type { ReadingRoom } from "./desk.ts";

/** The agent with this name or id, and the version of it that serves, with the owner that it has now. @throws SignalboxError "agent-unknown", with names that are near */
export async function findAgent(
  { pool, config: { tenantId } }: Pick<ReadingRoom, "pool" | "config">,
  name: string,
): Promise<AgentVersion & { listed: Listed }> {
  if (name === "") throw new SignalboxError("agent-unknown", 'Name an agent, such as "Invoice Agent".');
  const named = await listAgents(pool, tenantId, { named: name });
  // One that was retired may have had the name of one that serves.
  const listed = named.find(({ status }) => status !== "deprecated") ?? named[0];
  const version = listed && (await loadVersion(pool, tenantId, listed.agentId, listed.version));
  if (listed !== undefined && version !== undefined)
    return { ...version, record: { ...version.record, owner_upn: listed.owner }, listed };
  const names = (await listAgents(pool, tenantId)).map((one) => one.name);
  const near = nearNames(name, names);
  throw new SignalboxError(
    "agent-unknown",
    `There is no agent "${name.slice(0, 60)}". Near it: ${near.join(", ") || "none"}.`,
  );
}
