import assert from "node:assert/strict";
import { request } from "node:http";
import { after, before, describe, it } from "mocha";
import type { SystemName } from "../../src/connector/system-names.ts";
import { systemNames } from "../../src/connector/system-names.ts";
import { platform } from "../../src/identity/tokens/principal.ts";
import { openPool } from "../../src/store/pool.ts";
import { type Company, startCompany } from "./company.ts";

const hello = {
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "test", version: "1" } },
};

describe("the doors of the sample company's systems", () => {
  let company: Company;
  before(async () => {
    company = await startCompany();
  });
  after(() => company.stop());

  const url = (system: SystemName) => {
    const found = company.systems.endpoints[system];
    assert.ok(found);
    return found.url;
  };
  const token = async (audience: string, principal = platform(systemNames)) =>
    (await company.authority.tokens.get({ principal, audience })).value;
  /** A plain request, so that every header is ours to choose. */
  const post = (url: string, headers: Record<string, string>, body: string = JSON.stringify(hello)) =>
    new Promise<{ status: number | undefined; session: string | undefined }>((resolve, reject) => {
      const basic = { "content-type": "application/json", accept: "application/json, text/event-stream" };
      const sent = request(url, { method: "POST", headers: { ...basic, ...headers } }, (response) => {
        response.resume();
        const session = response.headers["mcp-session-id"];
        resolve({ status: response.statusCode, session: typeof session === "string" ? session : undefined });
      });
      sent.on("error", reject).end(body);
    });
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  it("open with a token for this very system only", async () => {
    assert.equal((await post(url("crm"), bearer(await token("crm")))).status, 200);
    assert.equal((await post(url("crm"), {})).status, 401);
    assert.equal((await post(url("crm"), bearer("wrong"))).status, 401);
    assert.equal((await post(url("crm"), bearer(await token("erp")))).status, 401);
  });

  it("refuse another host name and a web page's origin", async () => {
    const good = bearer(await token("crm"));
    assert.equal((await post(url("crm"), { ...good, host: "evil.example" })).status, 403);
    assert.equal((await post(url("crm"), { ...good, origin: "https://evil.example" })).status, 403);
  });

  it("refuse a body that is too large, and go on", async () => {
    const good = bearer(await token("erp"));
    assert.equal((await post(url("erp"), good, JSON.stringify({ ...hello, x: "x".repeat(300_000) }))).status, 413);
    assert.equal((await post(url("erp"), good, "not json")).status, 400);
    assert.equal((await post(url("erp"), good, JSON.stringify([hello, hello]))).status, 400);
    assert.equal((await post(url("erp"), good)).status, 200);
  });

  it("each system's login reaches its own schema and nothing else", async () => {
    const logins = await company.pool.query<{ system: string; role: string; password: string }>(
      "select system, role, password from sample_company.login",
    );
    for (const { system, role, password } of logins.rows) {
      const url = new URL(company.url);
      url.username = role;
      url.password = password;
      const pool = openPool(url.href, { name: "test", max: 1 });
      const denied = (sql: string) => assert.rejects(pool.query(sql), { code: "42501" }, `${system}: ${sql}`);
      try {
        assert.equal((await pool.query("select current_schema() as name")).rows[0].name, system);
        await pool.query("select count(*) from effect");
        for (const other of systemNames) if (other !== system) await denied(`select * from ${other}.effect`);
        await denied("select * from sample_company.login");
        await denied("select * from public.approval");
        await denied("update effect set result = '{}'");
        await denied("delete from effect");
        await denied("create table mine (a int)");
      } finally {
        await pool.end();
      }
    }
    assert.equal(logins.rows.length, systemNames.length);
  });
});
