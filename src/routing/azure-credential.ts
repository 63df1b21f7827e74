import type { TokenCredential } from "@azure/identity";
import type { TeamsIdentity } from "../config.ts";
import { messageOf } from "../errors.ts";
import { OpinionError } from "./service/failure.ts";

export type { TokenCredential } from "@azure/identity";

/** A token is renewed while the last one still holds. */
const RENEW_BEFORE_MS = 300_000;
/** For whom tokens of Azure AI Foundry are meant (public cloud). */
const FOUNDRY = "https://cognitiveservices.azure.com/.default";

/**
 * With whose say the bot opens services of Azure that have no key: its own app registration's; in local mode whoever is signed in
 * at this machine (Azure CLI, environment). Loaded when first needed, since most do without.
 * Its tokens, or an OpinionError "denied".
 */
export function azureCredential(
  identity: TeamsIdentity | undefined,
  open: (identity: TeamsIdentity | undefined) => Promise<TokenCredential> = openCredential,
): TokenCredential {
  let opened: Promise<TokenCredential> | undefined;
  return {
    getToken: async (scopes, options) => {
      try {
        opened ??= open(identity);
        return await (await opened).getToken(scopes, options);
      } catch (cause) {
        throw noToken(messageOf(cause), cause);
      }
    },
  };
}

async function openCredential(identity: TeamsIdentity | undefined): Promise<TokenCredential> {
  const { ClientSecretCredential, DefaultAzureCredential, ManagedIdentityCredential } = await import("@azure/identity");
  if (identity === undefined) return new DefaultAzureCredential();
  const { appId, tenantId, password } = identity;
  return password === undefined
    ? new ManagedIdentityCredential({ clientId: appId })
    : new ClientSecretCredential(tenantId, appId, password);
}

/** Tokens for an embedding endpoint of Azure, each used until shortly before its end. @throws OpinionError "denied" */
export function foundryTokens(credential: TokenCredential): () => Promise<string> {
  let held: { token: string; expiresOnTimestamp: number } | undefined;
  return async () => {
    if (held !== undefined && held.expiresOnTimestamp - Date.now() > RENEW_BEFORE_MS) return held.token;
    held = (await credential.getToken(FOUNDRY)) ?? undefined;
    if (held === undefined) throw noToken("it gave none");
    return held.token;
  };
}

function noToken(why: string, cause?: unknown): OpinionError {
  const cure =
    "Sign in (az login, or the bot's app registration), or set SIGNALBOX_EMBEDDING_KEY or SIGNALBOX_SEARCH_KEY.";
  return new OpinionError("denied", `Entra gives the bot no token for Azure: ${why}. ${cure}`, { cause });
}
