import { createPublicKey, createVerify, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, jwtVerify, SignJWT } from "jose";

/** An application as Entra knows it: what it proves itself with, and what it was granted at which API. */
export type Registered = { secret?: string; certificate?: string; oid: string; roles: string[]; scopes: string };
export type Entra = {
  applications: Map<string, Registered>;
  /** the fields of each request for a token, newest last */
  requests: Record<string, string>[];
  /** makes the next request fail with this code */
  failWith: string | undefined;
  /** a token that a user got for the bot, which it may exchange */
  assertionOf(userId: string, botId: string): Promise<string>;
  /** every token that it gave out */
  issued: string[];
  /** how long its tokens live; one of nine seconds serves a single request, as nobody sends one that is about to end */
  lifeSeconds: number;
  /** sends what is meant for login.microsoftonline.com to this server */
  send: typeof fetch;
  origin: string;
  keysUrl: string;
  stop(): void;
};

/**
 * The token endpoint of Entra v2.0 on loopback, after its documentation: client credentials with a secret or a signed
 * assertion, and on-behalf-of. It checks what it is shown, and signs v2.0 access tokens with RS256.
 * @param apis the application ids of the APIs by their URI ("api://erp"); one id is that of all of them
 */
export async function startEntra(tenantId: string, apis: string | Record<string, string>): Promise<Entra> {
  const { publicKey, privateKey } = await generateKeyPair("RS256");
  const jwk = { ...(await exportJWK(publicKey)), kid: "entra-1", use: "sig", alg: "RS256" };
  const issuer = `https://login.microsoftonline.com/${tenantId}/v2.0`;
  const sign = (claims: Record<string, unknown>, audience: string) =>
    new SignJWT({ tid: tenantId, ver: "2.0", uti: randomUUID(), ...claims })
      .setProtectedHeader({ alg: "RS256", typ: "JWT", kid: "entra-1" })
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt()
      .setNotBefore("0s")
      .setExpirationTime(`${entra.lifeSeconds}s`)
      .sign(privateKey);

  const grant = async (form: Record<string, string>): Promise<{ status: number; body: unknown }> => {
    entra.requests.push(form);
    const refuse = (error: string, code: string) => ({
      status: error === "invalid_client" ? 401 : 400,
      body: { error, error_description: `${code}: refused. The secret was ${form.client_secret}.`, error_codes: [7] },
    });
    const application = entra.applications.get(form.client_id ?? "");
    if (entra.failWith !== undefined) return refuse("temporarily_unavailable", entra.failWith);
    if (application === undefined) return refuse("unauthorized_client", "AADSTS700016");
    const hasSecret = application.secret !== undefined && form.client_secret === application.secret;
    if (!hasSecret && !isSigned(form.client_assertion, application.certificate))
      return refuse("invalid_client", "AADSTS7000215");
    const { oid, roles, scopes } = application;
    const azp = form.client_id;
    const wanted = /(\S+)\/\.default/.exec(form.scope ?? "")?.[1] ?? "";
    const api = typeof apis === "string" ? apis : apis[wanted];
    // Every application is an API, too, by its id.
    const audience = entra.applications.has(wanted) ? wanted : api;
    if (audience === undefined) return refuse("invalid_resource", "AADSTS500011");
    const answer = async (claims: Record<string, unknown>) => {
      const token = await sign({ azp, ...claims }, audience);
      entra.issued.push(token);
      return { status: 200, body: { token_type: "Bearer", expires_in: entra.lifeSeconds, access_token: token } };
    };
    if (form.grant_type === "client_credentials") return answer({ oid, sub: oid, roles, idtyp: "app" });
    if (form.requested_token_use !== "on_behalf_of") return refuse("unsupported_grant_type", "AADSTS70003");
    const user = await jwtVerify(form.assertion ?? "", publicKey, { audience: azp ?? "" }).catch(() => undefined);
    if (user === undefined) return refuse("invalid_grant", "AADSTS50013");
    return answer({ oid: user.payload.oid, sub: user.payload.oid, scp: scopes });
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString("utf8")));
    const { status, body } =
      request.url === `/${tenantId}/discovery/v2.0/keys`
        ? { status: 200, body: { keys: [jwk] } }
        : request.url?.startsWith(`/${tenantId}/oauth2/v2.0/token`)
          ? await grant(form)
          : { status: 404, body: {} };
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  };
  const server = createServer((request, response) => void answer(request, response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const entra: Entra = {
    applications: new Map(),
    requests: [],
    issued: [],
    lifeSeconds: 3_600,
    failWith: undefined,
    assertionOf: (userId, botId) => sign({ azp: randomUUID(), oid: userId, sub: userId, scp: "access_as_user" }, botId),
    send: (input, init) => fetch(String(input).replace("https://login.microsoftonline.com", origin), init),
    origin,
    keysUrl: `${origin}/${tenantId}/discovery/v2.0/keys`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return entra;
}

/** A client assertion, signed with the key of the certificate that is registered. */
function isSigned(assertion: string | undefined, certificate: string | undefined): boolean {
  if (assertion === undefined || certificate === undefined) return false;
  const [head = "", body = "", signature = ""] = assertion.split(".");
  const { alg } = JSON.parse(Buffer.from(head, "base64url").toString()) as { alg: string };
  const padding = alg === "PS256" ? { padding: 6, saltLength: 32 } : {};
  return createVerify("RSA-SHA256")
    .update(`${head}.${body}`)
    .verify({ key: createPublicKey(certificate), ...padding }, Buffer.from(signature, "base64url"));
}
