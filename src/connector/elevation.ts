import { ConnectorError } from "./connector-error.ts";
import { digestOf } from "./digest.ts";

/** An action whose approval grants the right to one call; `digest` is over its tool and arguments. */
export type Elevation = { actionId: string; digest: string };

/** Is this right in force? */
export type IsElevated = (call: Elevation & { tool: string }) => Promise<boolean>;

/** Nobody writes without a right that names this call and no other, and is in force at this moment. @throws ConnectorError */
export async function demandElevation(
  { tool, args, elevation }: { tool: string; args: Record<string, unknown>; elevation?: Elevation },
  isElevated: IsElevated,
): Promise<void> {
  const told = "Nothing was changed: the agent does not hold the right to do this.";
  if (elevation === undefined)
    throw new ConnectorError("refused", `${tool}: a write without elevation.`, { told, isOurs: true });
  if (digestOf(tool, args) !== elevation.digest || !(await isElevated({ ...elevation, tool })))
    throw new ConnectorError("refused", `${tool}: no elevation is in force for this call.`, { told, isOurs: true });
}
