import { createHmac, createSign, generateKeyPairSync, type KeyObject } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export const ISSUER = "https://api.botframework.com";

/** The service whose keys sign what Teams sends: real keys, real metadata, on loopback. */
export type TokenService = {
  /** where the metadata of the keys is */
  metadataUrl: string;
  sign(
    claims: Record<string, unknown>,
    options?: { kid?: string; key?: KeyObject; algorithm?: "RS256" | "none" | "HS256" },
  ): string;
  close(): void;
};

/** @param issuerOf its name, by its address */
export async function startTokenService(
  endorsements: string[] = ["msteams"],
  issuerOf: (url: string) => string = () => ISSUER,
): Promise<TokenService> {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const { n, e } = publicKey.export({ format: "jwk" });
  const server = createServer((req, res) => {
    const { port } = server.address() as AddressInfo;
    const keys = { keys: [{ kty: "RSA", kid: "key-1", n, e, endorsements }] };
    const metadata = {
      issuer: issuerOf(`http://127.0.0.1:${port}`),
      jwks_uri: `http://127.0.0.1:${port}/keys`,
      id_token_signing_alg_values_supported: ["RS256"],
    };
    res.writeHead(200, { "content-type": "application/json" });
    res.end(JSON.stringify(req.url === "/keys" ? keys : metadata));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    metadataUrl: `http://127.0.0.1:${port}/.well-known/openidconfiguration`,
    sign(claims, { kid = "key-1", key = privateKey, algorithm = "RS256" } = {}) {
      const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
      const signed = `${encode({ alg: algorithm, kid, typ: "JWT" })}.${encode(claims)}`;
      if (algorithm === "none") return `${signed}.`;
      if (algorithm === "HS256") {
        const secret = publicKey.export({ type: "spki", format: "pem" });
        return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
      }
      return `${signed}.${createSign("RSA-SHA256").update(signed).sign(key).toString("base64url")}`;
    },
    close: () => server.close(),
  };
}
