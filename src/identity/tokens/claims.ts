import { z } from "zod";

/** Names of the claims that Entra does not know. */
export const own = { agent: "signalbox_agent", version: "signalbox_agent_version" } as const;

/** What every token of ours or of Entra (v1.0 or v2.0) carries. App-only tokens have `roles`, those for a user have `scp`. */
const Claims = z
  .object({
    sub: z.string().min(1),
    oid: z.string().min(1),
    tid: z.string().min(1),
    exp: z.number(),
    azp: z.string().min(1).optional(),
    appid: z.string().min(1).optional(),
    scp: z.string().optional(),
    roles: z.array(z.string()).optional(),
    [own.agent]: z.string().optional(),
    [own.version]: z.string().optional(),
  })
  .refine(({ azp, appid }) => (azp ?? appid) !== undefined, "names no application (azp or appid)");

/** Who bears a token that was found authentic. `expiresAt` in Unix ms. */
export type Bearer = {
  clientId: string;
  /** object id: of the agent's application, or of the user on whose behalf it calls */
  subjectId: string;
  isForUser: boolean;
  tenantId: string;
  roles: readonly string[];
  agentVersion: string;
  expiresAt: number;
};

/** Whose a session is: nobody but the same version of the same agent, for the same user, may go on with it. */
export const holderOf = ({ clientId, agentVersion, subjectId }: Bearer): string =>
  `${clientId}/${agentVersion}/${subjectId}`;

/** @throws z.ZodError where a claim is missing */
export function bearerOf(payload: unknown): Bearer {
  const claims = Claims.parse(payload);
  const scopes = claims.scp?.split(" ").filter((scope) => scope !== "");
  return {
    clientId: claims.azp ?? claims.appid ?? "",
    subjectId: claims.oid,
    isForUser: scopes !== undefined,
    tenantId: claims.tid,
    roles: scopes ?? claims.roles ?? [],
    agentVersion: claims[own.version] ?? "",
    expiresAt: claims.exp * 1_000,
  };
}

/**
 * A right to make one call, signed: the "scoped authorization receipt" of the MCP security guide. It names the action that
 * people or policy passed, and the digest of its tool and arguments; whoever holds it can do that once and nothing else.
 */
export const Elevation = z.object({
  jti: z.string().min(1),
  /** the application that may use it */
  azp: z.string().min(1),
  action: z.string().min(1),
  tool: z.string().min(1),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  exp: z.number(),
});
export type Elevation = z.infer<typeof Elevation>;

/** Media types in the header (RFC 8725): no kind of token can be mistaken for another. */
export const TOKEN_TYPE = "at+jwt";
export const ELEVATION_TYPE = "elevation+jwt";
