import assert from "node:assert/strict";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { untouchedInvoices } from "../support/invoices.ts";
import type { Colleague } from "../support/office.ts";
import { BOT, BOT_SECRET, startTeamsBot, type TeamsBot } from "../support/teams-bot.ts";
import { until } from "../support/until.ts";

const agent = {
  displayName: "Invoice Agent",
  clientId: "a0000000-0000-4000-8000-000000000002",
  secret: "first-secret-of-the-agent",
};
const leave = {
  displayName: "Leave Balance",
  clientId: "a0000000-0000-4000-8000-000000000003",
  secret: "secret-of-the-leave-agent",
};
const next = { ...agent, secret: "second-secret-of-the-agent" };
const PATIENCE_MS = 20_000;

describe("the whole bot as it runs in Teams, with tokens of Entra at every system", function () {
  this.timeout(240_000);
  let folder: string;
  let database: TestDatabase;
  let teams: TeamsBot;
  let invoices: string[];
  let maya: Colleague;
  let jonas: Colleague;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "signalbox-entra-bot-"));
    await chmod(folder, 0o755);
    database = await createTestDatabase();
    teams = await startTeamsBot(folder, { databaseUrl: database.url, agents: [agent, leave] });
    teams.register(leave, { roles: [], scopes: "hris.get_leave_balance" });
    invoices = await untouchedInvoices(database.pool);
    maya = teams.colleague("maya.lindqvist");
    jonas = teams.colleague("jonas.weber");
  });
  after(async () => {
    await teams?.stop();
    await database?.drop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Which applications have asked for tokens of systems since the last time that somebody wanted to know, and their secrets. */
  const asked = (): Record<string, string[]> => {
    const requests = teams.entra.requests.splice(0).filter(({ scope }) => scope?.startsWith("api://contoso-"));
    const byApplication = Map.groupBy(requests, ({ client_id = "" }) => client_id);
    const secretsOf = (some: typeof requests) => [...new Set(some.map(({ client_secret = "" }) => client_secret))];
    return Object.fromEntries([...byApplication].map(([id, some]) => [id, secretsOf(some)]));
  };
  /** Signalbox itself may look something up at any time; it writes nothing. */
  const askedByAgents = (): Record<string, string[]> => {
    const { [BOT]: _, ...agents } = asked();
    return agents;
  };
  const reads = async (invoice: string, answer: RegExp): Promise<void> => {
    await maya.says(`What is the status of ${invoice}?`);
    await maya.sees(answer, PATIENCE_MS);
  };
  const writes = async (invoice: string): Promise<void> => {
    await maya.says(`Raise a credit note of 450 for ${invoice}, damaged goods`);
    const question = await jonas.sees(new RegExp(`Your approval is needed[\\s\\S]*${invoice}`), PATIENCE_MS);
    await jonas.clicks(question, "Approve");
    await maya.sees(/Credit note CN-\d+ of/, PATIENCE_MS);
    const { rowCount } = await database.pool.query(
      "select 1 from erp.credit_note where invoice_id = $1 and amount = 450",
      [invoice],
    );
    assert.equal(rowCount, 1);
  };

  it("starts: Signalbox reads its lists as its own application, and as nobody else", () => {
    assert.deepEqual(asked(), { [BOT]: [BOT_SECRET] });
  });

  it("answers a question and does an approved write as the application of the agent", async () => {
    const [invoice = ""] = invoices;
    await reads(invoice, new RegExp(`Invoice ${invoice} is`));
    await writes(invoice);
    assert.deepEqual(askedByAgents(), { [agent.clientId]: [agent.secret] });
    const { rows } = await database.pool.query("select distinct client_id from erp.used_right");
    assert.deepEqual(rows, [{ client_id: agent.clientId }]);
  });

  it("what Entra takes from the application counts at the system: the agent may not, and nothing else serves instead", async () => {
    teams.register(agent, { roles: [] });
    await reads(invoices[1] ?? "", /the agent may not do this there/);
    assert.deepEqual(askedByAgents(), { [agent.clientId]: [agent.secret] });
    teams.register(agent);
  });

  it("a secret that Entra does not take any more stops the agent with a word; its new one counts without a restart", async () => {
    const [, , invoice = ""] = invoices;
    teams.register(next);
    await reads(invoice, /cannot be reached at the moment. Nothing was changed/);
    asked();
    teams.handOver(next);
    await reads(invoice, new RegExp(`Invoice ${invoice} is`));
    await writes(invoice);
    assert.deepEqual(askedByAgents(), { [agent.clientId]: [next.secret] });
  });

  const LEFT = "How many days of leave do I have left?";
  /** What Teams gets for somebody without asking them, and for what the token service exchanges it. */
  const single = async (who: Colleague, as = who): Promise<string> => {
    const token = `single-sign-on-of-${who.person.upn}`;
    teams.signIns.exchanges.set(token, await teams.entra.assertionOf(as.person.aadObjectId, BOT));
    return token;
  };
  const signsIn = async (who: Colleague, token: string): Promise<number> =>
    who.invokes("signin/tokenExchange", { id: "exchange-1", connectionName: "people", token });
  const isSignInCard = ({ card }: { card: Record<string, unknown> | undefined }) => card?.connectionName === "people";

  it("what is private is asked on behalf of who asks: they are asked to sign in first, and nothing else serves instead", async () => {
    asked();
    await maya.says(LEFT);
    await maya.sees(/tells that to you in person only. Sign in first/, PATIENCE_MS);
    await until(() => maya.all().some(isSignInCard));
    assert.deepEqual(askedByAgents(), {});
    assert.equal(await signsIn(maya, "what nobody gave out"), 412, "Teams shows the button then");
    const token = await single(maya);
    assert.deepEqual([await signsIn(maya, token), await signsIn(maya, token)], [200, 200], "from two of their devices");
    await maya.sees(/You are signed in/, PATIENCE_MS);
    assert.equal(maya.all().filter(({ text }) => /You are signed in/.test(text)).length, 1);
    asked();
    await maya.says(LEFT);
    await maya.sees(/days of leave left/, PATIENCE_MS);
    assert.deepEqual(askedByAgents(), { [leave.clientId]: [leave.secret] });
    const { rowCount } = await database.pool.query("select 1 from audit_log where kind = 'person.signed-in'");
    assert.equal(rowCount, 2);
  });

  it("whoever used the link comes back with a code; a wrong one is no sign-in", async () => {
    teams.signIns.codes.set("123456", await teams.entra.assertionOf(jonas.person.aadObjectId, BOT));
    assert.equal(await jonas.invokes("signin/verifyState", { state: "654321" }), 412);
    assert.equal(await jonas.invokes("signin/verifyState", { state: "123456" }), 200);
    await jonas.says(LEFT);
    await jonas.sees(/days of leave left/, PATIENCE_MS);
  });

  it("what somebody else signed in with is not used for them", async () => {
    const noah = teams.colleague("noah.fischer");
    assert.equal(await signsIn(noah, await single(noah, maya)), 200);
    await noah.says(LEFT);
    await noah.sees(/cannot be reached at the moment/, PATIENCE_MS);
  });

  it("neither its own log, down to the last detail, nor that of the systems holds a token or a secret", async () => {
    const output = teams.bot.output();
    assert.match(output, /"process":"systems"/);
    assert.ok(teams.entra.issued.length > 5, "the tokens that are looked for");
    const { exchanges, tokens } = teams.signIns;
    const signedIn = [...exchanges.keys(), ...tokens.values()];
    for (const value of [...teams.entra.issued, ...signedIn, agent.secret, next.secret, leave.secret, BOT_SECRET])
      assert.equal(output.includes(value), false);
    const { rows } = await database.pool.query<{ payload: string }>(
      "select payload::text as payload from activity_seen",
    );
    assert.ok(rows.length > 0);
    assert.equal(
      rows.some(({ payload }) => /single-sign-on-of|eyJ/.test(payload)),
      false,
      "nor does the database",
    );
    // Rights are signed by our own authority, and what Teams shows by its own: no token of anybody looks otherwise.
    assert.doesNotMatch(output, /eyJ[\w-]{10,}\.[\w-]{10,}\./);
  });
});
