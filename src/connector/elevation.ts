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

type Write = { tool: string; args: Record<string, unknown>; elevation?: Elevation };

/**
 * Nobody writes without a right that names this call and no other, and is in force at this moment.
 * @param bearer in whose name the call goes, and to which system; undefined where it goes in nobody's
 * @returns the right, signed for a system that knows who calls: it looks at it as we did, and takes it once
 * @throws ConnectorError where there is no right
 */
export async function demandRight(
  { tool, args, elevation }: Write,
  { isElevated, credentials }: Rights,
  bearer: { clientId(): Promise<string>; audience: string } | undefined,
): Promise<string | undefined> {
  const told = "Nothing was changed: the agent does not hold the right to do this.";
  if (elevation === undefined)
    throw new ConnectorError("refused", `${tool}: a write without elevation.`, { told, isOurs: true });
  if (digestOf(tool, args) !== elevation.digest || !(await isElevated({ ...elevation, tool })))
    throw new ConnectorError("refused", `${tool}: no elevation is in force for this call.`, { told, isOurs: true });
  if (bearer === undefined) return undefined;
  const { clientId, audience } = bearer;
  return credentials.elevate({ ...elevation, clientId: await clientId(), audience, tool });
}
