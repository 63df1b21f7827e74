import type { Config } from "../../config.ts";
import type { Inventory } from "../../connector/inventory.ts";
import { SignalboxError } from "../../errors.ts";
import type { Directory } from "../../identity/directory.ts";
import type { AssertionOf } from "../../identity/tokens/principal.ts";
import type { Teams } from "../teams.ts";
import { createUserTokens, type UserTokens } from "./user-tokens.ts";

/** Of the public cloud. */
const TOKEN_SERVICE = "https://api.botframework.com";

/** How people sign in, where the configuration says how; and as whom they have. */
export function openSignIn(options: {
  config: Pick<Config, "teams" | "signInConnection">;
  teams: Pick<Teams, "botToken">;
  directory: Directory;
}): { signIn: UserTokens | undefined; assertionOf: AssertionOf } {
  const { config, teams, directory } = options;
  const { signInConnection: connection, teams: identity } = config;
  const signIn =
    connection === undefined || identity === undefined
      ? undefined
      : createUserTokens({
          ...{ service: TOKEN_SERVICE, connection, appId: identity.appId },
          botToken: teams.botToken,
        });
  return {
    signIn,
    assertionOf: async (personId) => {
      const person = directory.byId(personId);
      return person === undefined ? undefined : signIn?.of(person.teamsId);
    },
  };
}

/**
 * Entra gives tokens on behalf of people only to those who can sign in.
 * @param names the systems whose tokens come from Entra
 * @throws SignalboxError "config-invalid" where a system wants them and nobody can
 */
export function demandSignIn(signIn: UserTokens | undefined, inventory: Inventory, names: readonly string[]): void {
  if (signIn !== undefined) return;
  for (const { system, identity } of inventory.values())
    if (names.includes(system) && identity.kind === "bearer" && (identity.onBehalfOf?.length ?? 0) > 0)
      throw new SignalboxError(
        "config-invalid",
        `Tools of ${system} are called on behalf of people (onBehalfOf in manifest/connectors.json), and its tokens come from Entra: set SIGNALBOX_SIGN_IN_CONNECTION to the OAuth connection by which people sign in, or take ${system} out of SIGNALBOX_ENTRA_FILE.`,
      );
}
