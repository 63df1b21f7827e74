import type { AuthInfo } from "@modelcontextprotocol/sdk/server/auth/types.js";
import type { Bearer, Elevation } from "../../identity/tokens/claims.ts";

/** What a tool may know of who asks, as the door found it out. */
export type Asker = {
  /** object id of the person on whose behalf the call is made; undefined where an agent asks for itself */
  personId: string | undefined;
  /** the right to make this call, of a write */
  right: Elevation | undefined;
};

/** The shape in which the protocol's library hands it from the request to the tool. The token stays at the door. */
export function carry({ clientId, roles, isForUser, subjectId }: Bearer, right: Elevation | undefined): AuthInfo {
  const asker: Asker = { personId: isForUser ? subjectId : undefined, right };
  return { token: "", clientId, scopes: [...roles], extra: asker };
}

/** What `carry` put there; without a request of ours, nobody asks. */
export function askerOf(info: AuthInfo | undefined): Asker {
  const { personId, right } = (info?.extra ?? {}) as Partial<Asker>;
  return { personId, right };
}
