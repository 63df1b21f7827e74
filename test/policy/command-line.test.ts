import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LOCAL_TENANT } from "../../src/config.ts";
import { parsePolicies } from "../../src/policy/cedar.ts";
import { openPolicies } from "../../src/policy/in-force.ts";
import { versionInForce } from "../../src/policy/store.ts";
import type { MapLine } from "../../src/policy-cli/map-line.ts";
import { policyCli } from "../support/cli.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { plans } from "../support/fleet.ts";
import { thePolicies } from "../support/policy.ts";

const invoiceAgent = ["explain", "--agent", "Invoice Agent"];
const maya = ["--person", "maya.lindqvist@contoso.example"];

describe("the policies on the command line", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "signalbox-policy-cli-"));
    cpSync("manifest", folder, { recursive: true });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const edit = (from: string, to: string): void => {
    const file = join(folder, "policies/10-tools.cedar");
    const text = readFileSync(file, "utf8");
    assert.ok(text.includes(from));
    writeFileSync(file, text.replace(from, to));
  };

  describe("map", () => {
    let rules: MapLine[];
    before(() => {
      const { status, stdout, stderr } = policyCli(["map", "--json"]);
      assert.equal(status, 0, stderr);
      const map = JSON.parse(stdout) as { version: string; rules: MapLine[] };
      assert.equal(map.version, thePolicies.version);
      rules = map.rules;
    });

    it("has every rule of the files, in their order, with what it is about", () => {
      const filed = rules.filter(({ from }) => from.endsWith(".cedar")).map(({ rule }) => rule);
      assert.deepEqual(
        filed,
        thePolicies.rules.map(({ id }) => id),
      );
      const [first] = Object.keys(thePolicies.texts.files).sort();
      const inText = [...(thePolicies.texts.files[first ?? ""] ?? "").matchAll(/@id\("([^"]+)"\)/g)].map(
        ([, id]) => id,
      );
      assert.deepEqual(filed.slice(0, inText.length), inText);
      for (const { rule, does, tasks } of rules) assert.ok(does !== "" || tasks.length > 0, `${rule} is about nothing`);
    });
    it("has every write of every plan under a rule that lets it run, with what takes it back", () => {
      const permitting = rules.filter(({ effect }) => effect === "permit").flatMap(({ tasks }) => tasks);
      let writes = 0;
      for (const [name, { steps = [] }] of plans)
        for (const step of steps) {
          if (step.kind !== "write") continue;
          writes += 1;
          const task = permitting.find((one) => one.plan === name && one.step === step.id);
          assert.ok(task !== undefined, `${name}, ${step.id}`);
          const undo = "tool" in step.undo ? step.undo.tool : undefined;
          if (undo !== undefined) assert.equal(task.compensation, undo);
          else assert.match(task.compensation, /^none$|set the state again|\./);
        }
      assert.ok(writes > 20);
      const [dunning] = rules
        .filter(({ rule }) => rule === "write.irreversible-needs-two")
        .flatMap(({ tasks }) => tasks);
      assert.equal(dunning?.compensation, "none");
    });
    it("is a table for people", () => {
      const { stdout } = policyCli(["map"]);
      const [title = "", , headings = "", , ...lines] = stdout.trimEnd().split("\n");
      assert.match(title, new RegExp(thePolicies.version));
      assert.equal(lines.length, rules.length);
      const cells = (line: string) => line.replaceAll("\\|", "").split("|").length;
      for (const line of lines) assert.equal(cells(line), cells(headings), line);
    });
  });

  describe("explain, what if", () => {
    it("says what each guard would find, and what comes of it", () => {
      const call = [...invoiceAgent, ...maya, "--tool", "erp.create_credit_note", "--amount", "450"];
      const { status, stdout } = policyCli([...call, "--arg", "invoice_id=INV-1042", "--untrusted", "invoice_id"]);
      assert.equal(status, 0);
      assert.match(stdout, /^taint +asks +untrusted-arguments/m);
      assert.match(stdout, /^ask, review: “invoice_id” derives from content that nobody vouches for/m);
      const { verdict } = JSON.parse(policyCli([...call, "--amount", "13000", "--json"]).stdout);
      assert.deepEqual(
        [verdict.verdict, verdict.policyId, verdict.risk],
        ["ask", "write.very-large-needs-both", "high"],
      );
    });
    it("ends with 1 where it would be refused, and with 2 where it cannot say", () => {
      const refused = policyCli([...invoiceAgent, ...maya, "--tool", "erp.list_cards"]);
      assert.equal(refused.status, 1);
      assert.match(refused.stdout, /^deny: The agent's record does not list the tool erp.list_cards/m);
      const stranger = policyCli([...invoiceAgent, "--tool", "erp.create_credit_note"]);
      assert.deepEqual([stranger.status, /write.needs-known-person/.test(stranger.stdout)], [1, true]);
      for (const [args, why] of [
        [["explain", "--agent", "Invoice Agen", "--tool", "x"], /Near it: Invoice Agent/],
        [[...invoiceAgent, "--tool", "x", "--amount", "1e308"], /no amount "1e308"/],
        [[...invoiceAgent, "--toll", "x"], /Unknown option '--toll'/],
      ] as const) {
        const { status, stderr } = policyCli(args);
        assert.equal(status, 2);
        assert.match(stderr, why);
      }
    });
  });

  describe("put-in-force", () => {
    let database: TestDatabase;
    before(async () => {
      database = await createTestDatabase();
      await openPolicies(database.pool, LOCAL_TENANT, thePolicies);
    });
    after(() => database.drop());
    const put = (who: string) =>
      policyCli(["put-in-force", "--manifest", folder, "--as", `${who}@contoso.example`], {
        DATABASE_URL: database.url,
      });
    const inForce = () => versionInForce(database.pool, LOCAL_TENANT);

    it("is for those who operate the fleet, leaves evidence, and refuses text that does not hold", async () => {
      edit('amountCents < 1000000 };\n\n@id("write.confirmation', 'amountCents < 900000 };\n\n@id("write.confirmation');
      assert.equal(put("maya.lindqvist").status, 2);
      assert.equal(await inForce(), thePolicies.version);
      const done = put("sofia.rossi");
      assert.equal(done.status, 0, done.stderr);
      const now = await inForce();
      assert.notEqual(now, thePolicies.version);
      assert.match(done.stdout, new RegExp(`In force: ${now}, after ${thePolicies.version}`));
      const { rows } = await database.pool.query(
        "select actor, data from audit_log where kind = 'policy.in-force' order by seq",
      );
      assert.deepEqual(rows.at(-1), {
        actor: "00000000-0000-4000-8000-000000000006",
        data: { version: now, before: thePolicies.version },
      });
      edit("context.access", "context.acces");
      const refused = put("sofia.rossi");
      assert.equal(refused.status, 2);
      assert.match(refused.stderr, /Policy error in rule/);
      assert.equal(await inForce(), now);
    });
    it("a start with what was in force once, and was replaced since, brings nothing back", async () => {
      const now = await inForce();
      const { policies } = await openPolicies(database.pool, LOCAL_TENANT, thePolicies);
      assert.equal(policies.version, now);
      const { schema, files } = thePolicies.texts;
      const unseen = parsePolicies({ schema, files: { ...files, "99.cedar": "// of the next release" } });
      assert.equal((await openPolicies(database.pool, LOCAL_TENANT, unseen)).policies.version, unseen.version);
    });
  });
});
