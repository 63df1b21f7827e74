import { ConnectorError } from "./connector-error.ts";
import type { Credentials } from "./credentials.ts";
import { digestOf } from "./digest.ts";

/** An action whose approval grants the right to one call; `digest` is over its tool and arguments. */
export type Elevation = { actionId: string; digest: string };

export type Rights = {
  /** is this right in force? */
  isElevated(call: Elevation & { tool: string }): Promise<boolean>;
  credentials: Pick<Credentials, "elevate">;
};

/**
 * Nobody writes without a right that names this call and no other, and is in force at this moment.
 * @returns the right, signed for the system: it looks at it as we did, and takes it once
 */
export async function signedRight(
  { tool, args, elevation }: { tool: string; args: Record<string, unknown>; elevation?: Elevation },
  { isElevated, credentials }: Rights,
  { clientId, audience }: { clientId(): Promise<string>; audience: string },
): Promise<string> {
  const told = "Nothing was changed: the agent does not hold the right to do this.";
  if (elevation === undefined)
    throw new ConnectorError("refused", `${tool}: a write without elevation.`, { told, isOurs: true });
  if (digestOf(tool, args) !== elevation.digest || !(await isElevated({ ...elevation, tool })))
    throw new ConnectorError("refused", `${tool}: no elevation is in force for this call.`, { told, isOurs: true });
  return credentials.elevate({ ...elevation, clientId: await clientId(), audience, tool });
}
