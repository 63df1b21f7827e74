import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LOCAL_TENANT } from "../../src/config.ts";
import { systemNames } from "../../src/connector/system-names.ts";
import { type BotProcess, startBotProcess } from "../support/bot-process.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { type Entra, startEntra } from "../support/entra.ts";
import { theRegistry } from "../support/fleet.ts";
import { untouchedInvoices } from "../support/invoices.ts";
import { type LoopbackChannel, startLoopbackChannel } from "../support/loopback-channel.ts";
import { around, type Colleague } from "../support/office.ts";

const OURSELVES = "a0000000-0000-4000-8000-000000000001";
const INVOICE_APP = "a0000000-0000-4000-8000-000000000002";
const apiOf = (i: number) => `b0000000-0000-4000-8000-00000000000${i}`;
const apis = Object.fromEntries(systemNames.map((name, i) => [`api://contoso-${name}`, apiOf(i)]));
const PATIENCE_MS = 20_000;

describe("the whole bot, with tokens of Entra at every system", function () {
  this.timeout(240_000);
  let folder: string;
  let database: TestDatabase;
  let channel: LoopbackChannel;
  let entra: Entra;
  let bot: BotProcess;
  let invoices: string[];
  let [maya, jonas]: Colleague[] = [];
  const secrets = ["first-of-invoice-agent", "second-of-invoice-agent", "of-signalbox-itself"] as const;
  const [first, second, ofOurselves] = secrets;
  const at = (name: string) => join(folder, name);
  const invoiceAgent = theRegistry().agents.find(({ display_name }) => display_name === "Invoice Agent");
  const register = (secret: string, roles = [...(invoiceAgent?.tools ?? [])]): void => {
    entra.applications.set(INVOICE_APP, { secret, oid: invoiceAgent?.service_principal_id ?? "", roles, scopes: "" });
  };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "signalbox-entra-bot-"));
    await chmod(folder, 0o755);
    const made = `req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1`;
    execFileSync("openssl", [...made.split(" "), "-keyout", at("key"), "-out", at("crt")], { stdio: "ignore" });
    const own = { key: await readFile(at("key"), "utf8"), cert: await readFile(at("crt"), "utf8") };
    entra = await startEntra(LOCAL_TENANT, apis, own);
    // Each request needs a token of its own then, so that what Entra knows counts at the next one.
    entra.lifeSeconds = 10;
    const roles = systemNames.map((name) => `${name}.read`);
    entra.applications.set(OURSELVES, { secret: ofOurselves, oid: OURSELVES, roles, scopes: "" });
    register(first);
    const applications = {
      signalbox: { clientId: OURSELVES, secretFile: at("signalbox.secret") },
      [invoiceAgent?.service_principal_id ?? ""]: { clientId: INVOICE_APP, secretFile: at("invoice.secret") },
    };
    const systems = Object.fromEntries(
      systemNames.map((name) => {
        const uri = `api://contoso-${name}`;
        return [name, { uri, appId: apis[uri] }];
      }),
    );
    await Promise.all([
      writeFile(at("signalbox.secret"), ofOurselves),
      writeFile(at("invoice.secret"), first),
      writeFile(at("entra.json"), JSON.stringify({ authority: entra.origin, systems, applications })),
    ]);
    database = await createTestDatabase();
    channel = await startLoopbackChannel();
    bot = await startBotProcess(folder, {
      ...{ DATABASE_URL: database.url, LOG_LEVEL: "trace" },
      ...{ SIGNALBOX_ENTRA_FILE: at("entra.json"), NODE_EXTRA_CA_CERTS: at("crt") },
    });
    invoices = await untouchedInvoices(database.pool);
    [maya, jonas] = ["maya.lindqvist", "jonas.weber"].map((name) => around(bot.url, channel).colleague(name));
  });
  after(async () => {
    await bot?.stop();
    await channel?.close();
    await database?.drop();
    entra?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** How often each application has asked for a token since the last time that somebody wanted to know. */
  const asked = (): Map<string | undefined, number> => {
    const counts = new Map<string | undefined, number>();
    for (const { client_id } of entra.requests.splice(0)) counts.set(client_id, (counts.get(client_id) ?? 0) + 1);
    return counts;
  };
  const reads = async (invoice: string, answer: RegExp): Promise<void> => {
    await maya?.says(`What is the status of ${invoice}?`);
    await maya?.sees(answer, PATIENCE_MS);
  };
  const writes = async (invoice: string): Promise<void> => {
    await maya?.says(`Raise a credit note of 450 for ${invoice}, damaged goods`);
    const question = await jonas?.sees(new RegExp(`Your approval is needed[\\s\\S]*${invoice}`), PATIENCE_MS);
    assert.ok(question);
    await jonas?.clicks(question, "Approve");
    await maya?.sees(/Credit note CN-\d+ of/, PATIENCE_MS);
    const { rowCount } = await database.pool.query(
      "select 1 from erp.credit_note where invoice_id = $1 and amount = 450",
      [invoice],
    );
    assert.equal(rowCount, 1);
  };

  it("starts: Signalbox reads its lists as its own application, and as nobody else", () => {
    assert.deepEqual([...asked().keys()], [OURSELVES]);
  });

  it("a question is answered and an approved write is done, as the application of the agent that does it", async () => {
    const [invoice = ""] = invoices;
    await reads(invoice, new RegExp(`Invoice ${invoice} is`));
    await writes(invoice);
    const counts = asked();
    assert.deepEqual([...counts.keys()], [INVOICE_APP]);
  });

  it("what Entra takes from the application counts at the system: the answer says that the agent may not, and nothing else serves instead", async () => {
    register(first, []);
    await reads(invoices[1] ?? "", /the agent may not do this there/);
    assert.deepEqual([...asked().keys()], [INVOICE_APP]);
    register(first);
  });

  it("a secret that Entra does not take any more stops the agent with a word; its new one counts without a restart", async () => {
    const [, , invoice = ""] = invoices;
    register(second);
    await reads(invoice, /cannot be reached at the moment. Nothing was changed/);
    await writeFile(at("invoice.secret"), second);
    entra.requests.splice(0);
    await reads(invoice, new RegExp(`Invoice ${invoice} is`));
    await writes(invoice);
    assert.deepEqual([...new Set(entra.requests.map(({ client_secret }) => client_secret))], [second]);
    assert.deepEqual([...asked().keys()], [INVOICE_APP]);
  });

  it("neither its own log, down to the last detail, nor that of the systems holds a token or a secret", async () => {
    const output = bot.output();
    assert.match(output, /"process":"systems"/);
    assert.ok(entra.issued.length > 5, "the tokens that are looked for");
    for (const value of [...entra.issued, ...secrets]) assert.equal(output.includes(value), false);
    // Rights are signed by our own authority: no token of anybody looks otherwise.
    assert.doesNotMatch(output, /eyJ[\w-]{10,}\.[\w-]{10,}\./);
  });
});
