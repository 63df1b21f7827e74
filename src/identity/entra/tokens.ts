import { createHash, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { AuthError, ConfidentialClientApplication } from "@azure/msal-node";
import { messageOf, SignalboxError } from "../../errors.ts";
import type { TokenRequest, TokenSource } from "../tokens/principal.ts";
import { type Application, readEntraFile } from "./applications.ts";
import { networkOver } from "./network.ts";

/**
 * Tokens of Entra: with the application's own credentials, or on behalf of a user with the token of theirs. Nothing is kept
 * here, also not by MSAL: the file and the secrets are read for each token, a few times an hour, so that a new one counts
 * without a restart.
 * @param send how requests leave this process
 */
export function entraTokens(file: string, tenantId: string, send: typeof fetch = fetch): TokenSource {
  return {
    async get({ principal, audience, onBehalfOf }) {
      const { authority, systems, applications } = readEntraFile(file);
      const system = systems[audience];
      const application = applications[principal.id as keyof typeof applications];
      if (system === undefined || application === undefined)
        throw unavailable(
          `${file} names no ${system === undefined ? `system ${audience}` : `application for ${principal.id}`}`,
        );
      const client = new ConfidentialClientApplication({
        auth: {
          clientId: application.clientId,
          authority: `${new URL(authority).origin}/${tenantId}`,
          ...credentialOf(application),
        },
        system: { networkClient: networkOver(send), disableInternalRetries: true },
      });
      const result = await acquire(client, `${system.uri}/.default`, onBehalfOf).catch((error: unknown) => {
        throw unavailable(`Entra gave ${principal.agentId} no token for ${audience}: ${whyOf(error)}`);
      });
      if (result?.expiresOn == null) throw unavailable(`Entra gave ${principal.agentId} no token for ${audience}`);
      return { value: result.accessToken, clientId: application.clientId, expiresAt: result.expiresOn.getTime() };
    },
  };
}

function acquire(client: ConfidentialClientApplication, scope: string, onBehalfOf: TokenRequest["onBehalfOf"]) {
  if (onBehalfOf === undefined) return client.acquireTokenByClientCredential({ scopes: [scope], skipCache: true });
  const { assertion } = onBehalfOf;
  if (assertion === undefined)
    return Promise.reject(new Error("the user has not signed in, so nobody can act for them"));
  return client.acquireTokenOnBehalfOf({ scopes: [scope], oboAssertion: assertion, skipCache: true });
}

function credentialOf({ secretFile, certificateFile }: Application) {
  if (secretFile !== undefined) return { clientSecret: readSecret(secretFile).trim() };
  const pem = readSecret(certificateFile ?? "");
  const certificate = /-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/s.exec(pem)?.[0];
  const privateKey = /-----BEGIN (?:\w+ )?PRIVATE KEY-----.*?-----END (?:\w+ )?PRIVATE KEY-----/s.exec(pem)?.[0];
  if (certificate === undefined || privateKey === undefined)
    throw unavailable(`${certificateFile} must hold a certificate and its private key as PEM`);
  const thumbprintSha256 = createHash("sha256").update(new X509Certificate(certificate).raw).digest("hex");
  return { clientCertificate: { thumbprintSha256, privateKey, x5c: certificate } };
}

function readSecret(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw unavailable(`the secret file ${file} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** Of what Entra says only its codes: its texts may repeat what was sent. */
function whyOf(error: unknown): string {
  if (!(error instanceof AuthError)) return messageOf(error);
  const codes = error.errorMessage.match(/AADSTS\d+/)?.[0];
  return codes === undefined ? error.errorCode : `${error.errorCode} (${codes})`;
}

function unavailable(why: string): SignalboxError {
  return new SignalboxError("token-unavailable", `${why}. Nothing was sent to the system.`);
}
