import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { digestOf } from "../../src/connector/digest.ts";
import { meta } from "../../src/connector/meta.ts";
import type { SystemName } from "../../src/connector/system-names.ts";
import { startSystems } from "../../src/connector/systems.ts";
import { openAuthority, type Right } from "../../src/identity/tokens/authority.ts";
import { agentPrincipal, type Principal, platform } from "../../src/identity/tokens/principal.ts";
import { type Company, silent, startCompany, TENANT, trustIn } from "./company.ts";

const MINUTE = 60_000;
const ids = [1, 2].map((n) => `0b000000-0000-4000-8000-00000000000${n}`);
const agent = (n: 0 | 1, tools: string[], version = "1"): Principal =>
  agentPrincipal({ agent_id: ids[n] ?? "", service_principal_id: ids[n] ?? "", tools }, version);

const CREDIT = "erp.create_credit_note";
const args = { invoice_id: "INV-1042", amount: "1.00", reason: "token test" };
const clerk = agent(0, ["erp.get_invoice", CREDIT]);
const right: Right = {
  ...{ clientId: clerk.id, audience: "erp", actionId: "0c000000-0000-4000-8000-000000000001", tool: CREDIT },
  digest: digestOf(CREDIT, args),
};

describe("what a token opens at a system", () => {
  let company: Company;
  let shiftMs = 0;
  before(async () => {
    company = await startCompany(() => Date.now() + shiftMs);
  });
  after(() => company.stop());
  afterEach(() => {
    shiftMs = 0;
  });

  const tokenFor = async (principal: Principal, audience = "erp") =>
    (await company.authority.tokens.get({ principal, audience })).value;
  const urlOf = (system: SystemName) => company.systems.endpoints[system]?.url ?? "";
  const post = (system: SystemName, token: string, message: object, session?: string, url = urlOf(system)) =>
    fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        authorization: `Bearer ${token}`,
        ...(session === undefined ? {} : { "mcp-session-id": session }),
      },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, ...message }),
    });
  const open = async (token: string, system: SystemName = "erp", url = urlOf(system)) => {
    const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "test", version: "1" } };
    const response = await post(system, token, { method: "initialize", params }, undefined, url);
    await response.arrayBuffer();
    return { status: response.status, session: response.headers.get("mcp-session-id") ?? undefined };
  };
  const statusOf = async (response: Promise<Response>) => {
    const { status, body } = await response;
    await body?.cancel();
    return status;
  };
  const call = async (
    token: string,
    name: string,
    given: object,
    shown: Record<string, unknown> = {},
    url?: string,
  ) => {
    const { session } = await open(token, "erp", url);
    const params = { name, arguments: given, _meta: shown };
    return post("erp", token, { method: "tools/call", params }, session, url);
  };
  let keys = 0;
  const write = async (elevation: string | undefined, given: object = args, principal = clerk, url?: string) =>
    call(
      await tokenFor(principal),
      "create_credit_note",
      { ...given, idempotency_key: `token-key-${++keys}` },
      elevation === undefined ? {} : { [meta.elevation]: elevation },
      url,
    );
  const notes = async () =>
    (await company.pool.query("select 1 from erp.credit_note where reason = 'token test'")).rowCount;

  it("a token stolen at one system is worth nothing at another", async () => {
    assert.equal((await open(await tokenFor(clerk, "erp"))).status, 200);
    assert.equal((await open(await tokenFor(clerk, "erp"), "crm")).status, 401);
  });

  it("a token that has expired is refused, whoever bears it", async () => {
    shiftMs = -11 * MINUTE;
    assert.equal((await open(await tokenFor(clerk))).status, 401);
  });

  it("a token of another authority is refused, also one that gives itself our name", async () => {
    for (const tenant of [TENANT, "c0a80000-0000-4000-8000-0000000000ff"]) {
      const { tokens } = await openAuthority(tenant);
      assert.equal((await open((await tokens.get({ principal: clerk, audience: "erp" })).value)).status, 401);
    }
  });

  it("a token whose content was changed, or that is not signed, is refused", async () => {
    const [head = "", body = "", signature = ""] = (await tokenFor(clerk)).split(".");
    const claims = JSON.parse(Buffer.from(body, "base64url").toString());
    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
    const changed = encode({ ...claims, roles: ["erp.post_payment"] });
    for (const forged of [
      `${head}.${changed}.${signature}`,
      `${encode({ alg: "none", typ: "at+jwt" })}.${body}.`,
      `${head}.${body}.`,
    ])
      assert.equal((await open(forged)).status, 401, forged);
  });

  it("an agent reads with the tools that its record lists, and with no other", async () => {
    const token = await tokenFor(clerk);
    assert.equal(await statusOf(call(token, "get_invoice", { invoice_id: "INV-1042" })), 200);
    const refused = await call(token, "list_clients", {});
    assert.equal(refused.status, 403);
    assert.match(refused.headers.get("www-authenticate") ?? "", /insufficient_scope/);
    assert.doesNotMatch(await refused.text(), /list_clients|grant|role/);
  });

  it("a token that only reads cannot write, not even with a right that was meant for somebody else", async () => {
    const reader = platform(["erp"]);
    const stolen = await company.authority.elevate({ ...right, clientId: reader.id });
    assert.equal(await statusOf(write(stolen, args, reader)), 403);
    assert.equal(await notes(), 0);
  });

  const other = { ...args, amount: "999.00" };
  const wrong: [string, () => Promise<string | undefined>][] = [
    ["none at all", async () => undefined],
    ["garbage", async () => "garbage"],
    ["the bearer token itself", () => tokenFor(clerk)],
    ["one for another amount", () => company.authority.elevate({ ...right, digest: digestOf(CREDIT, other) })],
    ["one for another tool", () => company.authority.elevate({ ...right, tool: "erp.void_credit_note" })],
    ["one of another agent", () => company.authority.elevate({ ...right, clientId: ids[1] ?? "" })],
    ["one for another system", () => company.authority.elevate({ ...right, audience: "crm" })],
    [
      "one that has expired",
      () => {
        shiftMs = -3 * MINUTE;
        const late = company.authority.elevate(right);
        shiftMs = 0;
        return late;
      },
    ],
  ];
  for (const [what, shown] of wrong)
    it(`a write needs a right to exactly this call: ${what} changes nothing`, async () => {
      assert.equal(await statusOf(write(await shown())), 403);
      assert.equal(await notes(), 0);
    });

  it("a right to a call is no token", async () => {
    assert.equal((await open(await company.authority.elevate(right))).status, 401);
  });

  it("a right serves once: shown again it changes nothing", async () => {
    const elevation = await company.authority.elevate(right);
    const said = async (answer: Promise<Response>) => {
      const { result } = (await (await answer).json()) as {
        result: { isError?: boolean; content: { text: string }[] };
      };
      return result.isError === true ? result.content[0]?.text : "done";
    };
    assert.equal(await said(write(elevation)), "done");
    assert.equal(await notes(), 1);
    assert.match((await said(write(elevation))) ?? "", /was used before. Nothing was changed/);
    assert.equal(await notes(), 1);
    // Of two processes of the system, and after a restart, only its database is the same.
    const other = await startSystems({ databaseUrl: company.url, log: silent, trust: trustIn(company.authority) });
    const again = other.endpoints.erp?.url ?? "";
    assert.match((await said(write(elevation, args, clerk, again))) ?? "", /was used before/);
    const fresh = await company.authority.elevate(right);
    const both = await Promise.all([said(write(fresh)), said(write(fresh, args, clerk, again))]);
    assert.deepEqual(both.map((one) => one === "done").sort(), [false, true]);
    assert.equal(await notes(), 2);
    await other.stop();
  });

  it("a right whose effect did not come about was not used: it serves when the reason is gone", async () => {
    const tooMuch = { ...args, amount: "99999.00" };
    const elevation = await company.authority.elevate({ ...right, digest: digestOf(CREDIT, tooMuch) });
    const used = async () => (await company.pool.query("select 1 from erp.used_right")).rowCount;
    const before = await used();
    assert.equal(await statusOf(write(elevation, tooMuch)), 200);
    assert.equal(await used(), before);
  });

  it("a stolen session id opens nothing for another agent, nor for another version, nor without a token", async () => {
    const { session } = await open(await tokenFor(clerk));
    const list = { method: "tools/list", params: {} };
    assert.equal(await statusOf(post("erp", await tokenFor(clerk), list, session)), 200);
    for (const thief of [agent(1, ["erp.get_invoice"]), agent(0, ["erp.get_invoice"], "2"), platform(["erp"])])
      assert.equal(await statusOf(post("erp", await tokenFor(thief), list, session)), 404);
    assert.equal(await statusOf(post("erp", "", list, session)), 401);
  });

  it("a token for a user names both, and its session is that user's", async () => {
    const forUser = async (userId: string) =>
      (await company.authority.tokens.get({ principal: clerk, audience: "erp", personId: userId })).value;
    const [maya, jonas] = [await forUser("maya"), await forUser("jonas")];
    const { session } = await open(maya);
    const read = { method: "tools/call", params: { name: "get_invoice", arguments: { invoice_id: "INV-1042" } } };
    assert.equal(await statusOf(post("erp", maya, read, session)), 200);
    assert.equal(await statusOf(post("erp", jonas, read, session)), 404);
  });

  it("new keys count at once, without a restart, and what the former ones signed serves to its end", async () => {
    const before = await tokenFor(clerk);
    const [former] = company.authority.keys().keys;
    await company.authority.rotate();
    assert.notEqual(company.authority.keys().keys[0]?.kid, former?.kid);
    assert.equal((await open(before)).status, 200);
    assert.equal((await open(await tokenFor(clerk))).status, 200);
    assert.equal(
      (await company.connectors.call({ tool: "erp.get_invoice", args: { invoice_id: "INV-1042" } })).data.invoice_id,
      "INV-1042",
    );
    shiftMs = 12 * MINUTE;
    assert.deepEqual(
      company.authority.keys().keys.map(({ kid }) => kid === former?.kid),
      [false],
    );
    await company.authority.rotate();
    shiftMs = 0;
    assert.equal((await open(before)).status, 401);
  });
});
