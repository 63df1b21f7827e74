import { AuthError, ConfidentialClientApplication, InteractionRequiredAuthError } from "@azure/msal-node";
import { decodeJwt } from "jose";
import { messageOf, SignalboxError } from "../../errors.ts";
import { type AssertionOf, SIGN_IN_NEEDED, type TokenSource } from "../tokens/principal.ts";
import { type Application, type EntraFile, readEntraFile } from "./applications.ts";
import { credentialOf, unavailable } from "./credential.ts";
import { networkOver } from "./network.ts";

/**
 * Tokens of Entra: of the application that calls, or of that application on behalf of a person who has signed in. Nothing is
 * kept here, also not by MSAL: the file and the secrets are read for each token, a few times an hour, so that a new one counts
 * without a restart.
 * @param options.assertionOf as whom people have signed in to the application "signalbox" of the file
 * @param options.send how requests leave this process
 */
export function entraTokens(
  file: string,
  tenantId: string,
  { assertionOf, send = fetch }: { assertionOf: AssertionOf; send?: typeof fetch },
): TokenSource {
  return {
    async get({ principal, audience, personId }) {
      const entra = readEntraFile(file);
      const system = entra.systems[audience];
      if (system === undefined) throw unavailable(`${file} names no system ${audience}`);
      const clientOf = (id: string): Client => openClient(entra, { file, id, tenantId, send });
      const { clientId, client } = clientOf(principal.id);
      const scope = `${system.uri}/.default`;
      try {
        const result =
          personId === undefined
            ? await client.acquireTokenByClientCredential({ scopes: [scope], skipCache: true })
            : await onBehalfOf(
                await signedIn(personId, assertionOf),
                clientOf("signalbox"),
                { clientId, client },
                scope,
              );
        if (result?.expiresOn == null) throw new Error("the answer holds none");
        return { value: result.accessToken, clientId, expiresAt: result.expiresOn.getTime() };
      } catch (error) {
        if (error instanceof SignalboxError) throw error;
        const why = `Entra gave ${principal.agentId} no token for ${audience}: ${whyOf(error)}`;
        if (personId !== undefined && isForThePerson(error)) throw new SignalboxError(SIGN_IN_NEEDED, why);
        throw unavailable(why);
      }
    },
  };
}

type Client = { clientId: string; client: ConfidentialClientApplication };

function openClient(
  { authority, applications }: EntraFile,
  { file, id, tenantId, send }: { file: string; id: string; tenantId: string; send: typeof fetch },
): Client {
  const application: Application | undefined = applications[id as keyof typeof applications];
  if (application === undefined) throw unavailable(`${file} names no application for ${id}`);
  const { clientId } = application;
  const client = new ConfidentialClientApplication({
    auth: {
      clientId,
      authority: `${new URL(authority).origin}/${tenantId}`,
      ...credentialOf(application),
    },
    system: { networkClient: networkOver(send), disableInternalRetries: true },
  });
  return { clientId, client };
}

/**
 * People sign in to Signalbox and not to each of its agents. Entra exchanges a token only for the application that it was
 * meant for: so Signalbox exchanges it for one that is meant for the agent, and the agent that one for the system.
 */
async function onBehalfOf(assertion: string, ourselves: Client, agent: Client, scope: string) {
  const forAgent = await ourselves.client.acquireTokenOnBehalfOf({
    scopes: [`${agent.clientId}/.default`],
    ...{ oboAssertion: assertion, skipCache: true },
  });
  const { accessToken = "" } = forAgent ?? {};
  return agent.client.acquireTokenOnBehalfOf({ scopes: [scope], oboAssertion: accessToken, skipCache: true });
}

/** The person's own token, and nobody else's, whoever handed it out. */
async function signedIn(personId: string, assertionOf: AssertionOf): Promise<string> {
  const assertion = await assertionOf(personId);
  if (assertion === undefined)
    throw new SignalboxError(SIGN_IN_NEEDED, "The person has not signed in, so nobody can act for them.");
  if (decodeJwt(assertion).oid !== personId)
    throw unavailable("What the person is said to have signed in with is somebody else's");
  return assertion;
}

/** They have to sign in again or to consent: the assertion has ended, or Entra wants to see them. */
const isForThePerson = (error: unknown): boolean =>
  error instanceof InteractionRequiredAuthError || (error instanceof AuthError && error.errorCode === "invalid_grant");

/** Of what Entra says only its codes: its texts may repeat what was sent. */
function whyOf(error: unknown): string {
  if (!(error instanceof AuthError)) return messageOf(error);
  const codes = error.errorMessage.match(/AADSTS\d+/)?.[0];
  return codes === undefined ? error.errorCode : `${error.errorCode} (${codes})`;
}
