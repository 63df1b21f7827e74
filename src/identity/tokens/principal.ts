/**
 * Who calls a system: one version of one agent, or Signalbox itself for what it reads at its start. Each version has an
 * identity of its own; there is no principal that may do everything.
 */
export type Principal = {
  /** `service_principal_id` of the agent's record; "signalbox" for Signalbox itself */
  id: string;
  agentId: string;
  /** "4"; "" for Signalbox itself */
  agentVersion: string;
  /** what it may do at a system, as names of tools ("erp.get_invoice") or "erp.read" for all that reads there */
  roles: readonly string[];
};

/**
 * What a token is wanted for. `audience` is the name of the one system that takes it, and `resource` what the system calls
 * itself where that is something else; `personId` is the object id of somebody on whose behalf it is to be.
 */
export type TokenRequest = { principal: Principal; audience: string; resource?: string; personId?: string };

/** `value` is a secret and never logged; `clientId` is the application that the token names; `expiresAt` in Unix ms. */
export type Token = { value: string; clientId: string; expiresAt: number };

/**
 * The token with which a person signed in to Signalbox, for which Entra gives another one on their behalf; undefined: they
 * have not signed in. It is a secret and never logged.
 */
export type AssertionOf = (personId: string) => Promise<string | undefined>;

/** Code of the error where nobody can act for a person before they have signed in. */
export const SIGN_IN_NEEDED = "sign-in-needed";

/**
 * Where tokens come from: Entra, or an authority of our own with the same claims.
 * @throws SignalboxError "token-unavailable", SIGN_IN_NEEDED
 */
export type TokenSource = { get(request: TokenRequest): Promise<Token> };

/** Signalbox itself. It reads the lists that it recognises names by, and nothing gives it the right to write. */
const PLATFORM_ID = "signalbox";

export function platform(systems: readonly string[]): Principal {
  return { id: PLATFORM_ID, agentId: PLATFORM_ID, agentVersion: "", roles: systems.map((system) => `${system}.read`) };
}

/** An agent at one version of its record: what the record lists is what it may call. */
export function agentPrincipal(
  record: { agent_id: string; service_principal_id: string; tools: readonly string[] },
  agentVersion: string,
): Principal {
  const { agent_id: agentId, service_principal_id: id, tools: roles } = record;
  return { id, agentId, agentVersion, roles };
}

/** The roles that concern one system: a token says no more than its audience needs to know. */
export function rolesAt({ roles }: Principal, system: string): string[] {
  return roles.filter((role) => role.startsWith(`${system}.`));
}

/** Is this call within what a token grants? A write is granted by its own name only. */
export function grants(roles: readonly string[], tool: string, access: "read" | "write"): boolean {
  const [system = ""] = tool.split(".");
  return roles.includes(tool) || (access === "read" && roles.includes(`${system}.read`));
}
