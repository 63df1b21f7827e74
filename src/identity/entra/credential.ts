import { createHash, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { SignalboxError } from "../../errors.ts";
import type { Application } from "./applications.ts";

/**
 * With what an application proves itself to MSAL, read anew from its file.
 * @throws SignalboxError "token-unavailable" where the file gives nothing that could be used
 */
export function credentialOf({ secretFile, certificateFile }: Application) {
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

export function unavailable(why: string): SignalboxError {
  return new SignalboxError("token-unavailable", `${why}. Nothing was sent to the system.`);
}
