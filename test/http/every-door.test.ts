import assert from "node:assert/strict";
import { readConfig } from "../../src/config.ts";
import { type Office, openOffice } from "../support/office.ts";
import { startTokenService, type TokenService } from "../support/token-service.ts";

const APP = "11111111-1111-4111-8111-111111111111";
const TENANT = "22222222-2222-4222-8222-222222222222";

describe("the doors of a bot with an app registration", () => {
  let office: Office;
  let tokens: TokenService;
  before(async function () {
    this.timeout(60_000);
    tokens = await startTokenService();
    office = await openOffice({
      teams: { appId: APP, tenantId: TENANT, type: "SingleTenant", password: "secret" },
      tenantId: TENANT,
      alerts: { ...readConfig({}).alerts, secret: "a secret of more than thirty-two characters" },
    });
  });
  after(async () => {
    tokens.close();
    await office.close();
  });

  const ask = async (method: string, path: string, headers: Record<string, string> = {}): Promise<number> => {
    const body = method === "GET" ? null : "{}";
    const response = await fetch(`${office.app.url}${path}`, {
      ...{ method, body, redirect: "manual" },
      headers: { "content-type": "application/json", ...headers },
    });
    await response.arrayBuffer();
    return response.status;
  };
  const rows = async (sql: string): Promise<number> => (await office.pool.query(sql)).rowCount ?? 0;

  it("a forged token leaves one row of evidence, and nothing else anywhere", async () => {
    const seconds = Math.floor(Date.now() / 1_000);
    const claims = { iss: "https://api.botframework.com", aud: APP, nbf: seconds - 60, exp: seconds + 3_600 };
    const before = await rows("select 1 from audit_log");
    const forgeries = [
      undefined,
      "Bearer garbage",
      "Basic dXNlcjpwYXNz",
      `Bearer ${tokens.sign(claims, { algorithm: "none" })}`,
      `Bearer ${tokens.sign(claims, { algorithm: "HS256" })}`,
    ];
    for (const [i, authorization] of forgeries.entries()) {
      assert.equal(await ask("POST", "/api/messages", authorization === undefined ? {} : { authorization }), 401);
      assert.equal(await rows("select 1 from audit_log where kind = 'messages.refused'"), i + 1);
    }
    assert.equal(await rows("select 1 from audit_log"), before + forgeries.length);
    for (const table of ["turn", "activity_seen", "outbox", "run"])
      assert.equal(await rows(`select 1 from ${table}`), 0, table);
  });

  it("let nobody in without proof of who they are", async () => {
    assert.equal(await ask("POST", "/api/messages"), 401);
    assert.equal(await ask("POST", "/api/alerts"), 401);
  });

  it("show without proof what everybody may know: that it is up, and its public keys", async () => {
    assert.deepEqual([await ask("GET", "/healthz"), await ask("GET", "/readyz")], [200, 200]);
    const listed = await (await fetch(`${office.app.url}/.well-known/jwks.json`)).text();
    assert.match(listed, /"kid"/);
    assert.doesNotMatch(listed, /"(d|p|q|dp|dq|qi|k)":/);
  });

  it("are no others: there is neither the desk, nor a program's way in, nor another agent's", async () => {
    for (const path of [
      ...["/", "/desk", "/desk/api/people", "/desk/api/messages", "/desk/api/events", "/desk/assets/main.ts"],
      ...["/api/v1/runs", "/api/v1/turns", "/openapi.json", "/metrics", "/mcp", "/a2a", "/.well-known/agent-card.json"],
      ...["/api/messages/x", "/api/alerts/x", "/.env"],
    ])
      for (const method of ["GET", "POST", "PUT"])
        assert.match(String(await ask(method, path)), /^40[145]$/, `${method} ${path}`);
  });
});
