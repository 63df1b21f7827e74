import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { issuerOf, readEntraFile } from "../../src/identity/entra/applications.ts";
import { entraTokens } from "../../src/identity/entra/tokens.ts";
import { openAuthority } from "../../src/identity/tokens/authority.ts";
import { cacheTokens } from "../../src/identity/tokens/cache.ts";
import { agentPrincipal } from "../../src/identity/tokens/principal.ts";
import { createVerifier } from "../../src/identity/tokens/verify.ts";
import { type Entra, startEntra } from "../support/entra.ts";

const TENANT = "22222222-2222-4222-8222-222222222222";
const API = "55555555-5555-4555-8555-555555555555";
const [invoiceSp, ticketSp] = ["66666666-6666-4666-8666-666666666666", "77777777-7777-4777-8777-777777777777"];
const [invoiceApp, ticketApp] = ["88888888-8888-4888-8888-888888888888", "99999999-9999-4999-8999-999999999999"];
/** The application to which people sign in. */
const OURSELVES = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa";
const invoiceAgent = agentPrincipal(
  { agent_id: "0a000000-0000-4000-8000-000000000001", service_principal_id: invoiceSp, tools: ["erp.get_invoice"] },
  "4",
);
const ticketAgent = { ...invoiceAgent, id: ticketSp };

describe("tokens of Entra, one application for each version of an agent", () => {
  let entra: Entra;
  let folder: string;
  const at = (name: string) => join(folder, name);
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "signalbox-entra-"));
    entra = await startEntra(TENANT, API);
    const make = `req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=ticket-agent -keyout ${at("key")} -out ${at("crt")}`;
    execFileSync("openssl", make.split(" "), { stdio: "ignore" });
    writeFileSync(at("ticket.pem"), readFileSync(at("key"), "utf8") + readFileSync(at("crt"), "utf8"));
    entra.applications.set(invoiceApp, {
      secret: "first",
      oid: invoiceSp,
      roles: ["erp.get_invoice"],
      scopes: "erp.get_invoice",
    });
    entra.applications.set(ticketApp, {
      ...{ certificate: readFileSync(at("crt"), "utf8"), oid: ticketSp, roles: ["erp.read"], scopes: "" },
    });
    entra.applications.set(OURSELVES, { secret: "ours", oid: OURSELVES, roles: [], scopes: "access_as_user" });
    writeFileSync(at("ours.secret"), "ours");
    const applications = {
      signalbox: { clientId: OURSELVES, secretFile: at("ours.secret") },
      [invoiceSp]: { clientId: invoiceApp, secretFile: at("invoice.secret") },
      [ticketSp]: { clientId: ticketApp, certificateFile: at("ticket.pem") },
    };
    writeFileSync(
      at("entra.json"),
      JSON.stringify({ systems: { erp: { uri: "api://erp", appId: API } }, applications }),
    );
  });
  beforeEach(() => {
    writeFileSync(at("invoice.secret"), "first\n");
    entra.requests.splice(0);
    entra.failWith = undefined;
  });
  after(() => {
    entra.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const signedIn = new Map<string, string>();
  const assertionOf = (personId: string) => Promise.resolve(signedIn.get(personId));
  const source = () => entraTokens(at("entra.json"), TENANT, { assertionOf, send: entra.send });
  const verifier = async () => {
    const own = await openAuthority(TENANT);
    const { issuers } = issuerOf(readEntraFile(at("entra.json")), TENANT);
    const trust = {
      tenantId: TENANT,
      own: { issuer: own.issuer, keys: own.keys() },
      entra: { issuers, keysUrl: entra.keysUrl },
    };
    return { own, verify: createVerifier(trust, { own: "erp", entra: ["api://erp", API] }) };
  };

  it("an agent signs in as its own application and gets an app-only token, which a system verifies as it does ours", async () => {
    const token = await source().get({ principal: invoiceAgent, audience: "erp" });
    const [{ client_id, grant_type, scope } = {}] = entra.requests;
    assert.deepEqual([client_id, grant_type], [invoiceApp, "client_credentials"]);
    assert.match(scope ?? "", /api:\/\/erp\/\.default/);
    const bearer = await (await verifier()).verify.bearer(token.value);
    assert.equal(bearer.clientId, token.clientId);
    assert.deepEqual(
      [bearer.clientId, bearer.subjectId, bearer.roles, bearer.isForUser],
      [invoiceApp, invoiceSp, ["erp.get_invoice"], false],
    );
    assert.ok(token.expiresAt > Date.now() + 50 * 60_000);
  });

  it("a certificate serves as well as a secret", async () => {
    const token = await source().get({ principal: ticketAgent, audience: "erp" });
    assert.equal(entra.requests[0]?.client_secret, undefined);
    assert.equal((await (await verifier()).verify.bearer(token.value)).clientId, ticketApp);
  });

  it("on behalf of a person Signalbox shows what they signed in with, the agent what it gets for that, and the token names both", async () => {
    signedIn.set("maya", await entra.assertionOf("maya", OURSELVES));
    const request = { principal: invoiceAgent, audience: "erp", personId: "maya" };
    const { value, clientId } = await source().get(request);
    assert.deepEqual(
      entra.requests.map(({ client_id, requested_token_use }) => [client_id, requested_token_use]),
      [
        [OURSELVES, "on_behalf_of"],
        [invoiceApp, "on_behalf_of"],
      ],
    );
    const bearer = await (await verifier()).verify.bearer(value);
    assert.deepEqual(
      [bearer.clientId, clientId, bearer.subjectId, bearer.isForUser, bearer.roles],
      [invoiceApp, invoiceApp, "maya", true, ["erp.get_invoice"]],
    );
  });

  it("nobody acts for a person who has not signed in, whose sign-in has ended, or with what somebody else signed in with", async () => {
    const request = { principal: invoiceAgent, audience: "erp", personId: "jonas" };
    await assert.rejects(source().get(request), { code: "sign-in-needed" });
    assert.equal(entra.requests.length, 0, "Entra was not even asked for a token of the agent alone");
    // For another application than Signalbox: Entra takes it as it takes one that has ended.
    signedIn.set("jonas", await entra.assertionOf("jonas", ticketApp));
    await assert.rejects(source().get(request), { code: "sign-in-needed", message: /AADSTS50013/ });
    signedIn.set("jonas", await entra.assertionOf("maya", OURSELVES));
    await assert.rejects(source().get(request), { code: "token-unavailable", message: /somebody else's/ });
    assert.deepEqual(
      [...new Set(entra.requests.map(({ grant_type }) => grant_type))],
      ["urn:ietf:params:oauth:grant-type:jwt-bearer"],
    );
  });

  it("a secret that was changed in its file counts at the next token, without a restart", async () => {
    const tokens = source();
    await tokens.get({ principal: invoiceAgent, audience: "erp" });
    entra.applications.set(invoiceApp, { ...entra.applications.get(invoiceApp), secret: "second" } as never);
    await assert.rejects(tokens.get({ principal: invoiceAgent, audience: "erp" }), { code: "token-unavailable" });
    writeFileSync(at("invoice.secret"), "second");
    await tokens.get({ principal: invoiceAgent, audience: "erp" });
    entra.applications.set(invoiceApp, { ...entra.applications.get(invoiceApp), secret: "first" } as never);
  });

  it("what Entra says of a failure comes without the secret that it repeats", async () => {
    writeFileSync(at("invoice.secret"), "hunter2");
    await assert.rejects(source().get({ principal: invoiceAgent, audience: "erp" }), (error: Error) => {
      assert.match(error.message, /invalid_client \(AADSTS7000215\)/);
      assert.doesNotMatch(`${error.message}${error.stack}${JSON.stringify(error)}`, /hunter2/);
      return true;
    });
  });

  it("a token is fetched once for many calls, and again before it ends; while Entra is away the present one serves", async () => {
    let now = Date.now();
    const tokens = cacheTokens(source(), () => now);
    const get = () => tokens.get({ principal: invoiceAgent, audience: "erp" });
    const first = await get();
    await Promise.all(Array.from({ length: 20 }, get));
    assert.equal(entra.requests.length, 1);
    now += 50 * 60_000;
    entra.failWith = "AADSTS90033";
    assert.equal((await get()).value, first.value);
    // The failed renewal ends on its own; the next call begins another.
    while (entra.requests.length < 2) await new Promise(setImmediate);
    await assert.rejects(source().get({ principal: invoiceAgent, audience: "erp" }));
    entra.failWith = undefined;
    for (let value = first.value; value === first.value; value = (await get()).value) await new Promise(setImmediate);
    now += 2 * 3_600_000;
    entra.failWith = "AADSTS90033";
    await assert.rejects(get(), { code: "token-unavailable" });
  });

  it("where bearers come from Entra, nobody else's count: not ours, not another tenant's, not for another API", async () => {
    const { own, verify } = await verifier();
    const ours = await own.tokens.get({ principal: invoiceAgent, audience: "erp" });
    await assert.rejects(verify.bearer(ours.value), { code: "token-not-authentic" });
    await assert.rejects(verify.bearer(await entra.assertionOf("maya", invoiceApp)), { code: "token-not-authentic" });
    const elsewhere = await startEntra("33333333-3333-4333-8333-333333333333", API);
    const foreign = await elsewhere.assertionOf("maya", API);
    elsewhere.stop();
    await assert.rejects(verify.bearer(foreign), { code: "token-not-authentic" });
  });

  it("a file with errors is told with the entry and the cure", () => {
    writeFileSync(
      at("wrong.json"),
      JSON.stringify({ systems: {}, applications: { [invoiceSp]: { clientId: invoiceApp } } }),
    );
    assert.throws(() => readEntraFile(at("wrong.json")), {
      code: "entra-file-invalid",
      message: /applications\.6666.*must have a secretFile or a certificateFile/,
    });
    assert.throws(() => readEntraFile(at("nowhere.json")), {
      code: "entra-file-invalid",
      message: /SIGNALBOX_ENTRA_FILE/,
    });
  });
});
