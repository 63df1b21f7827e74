import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { registryCli } from "../support/cli.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";

type Json = Record<string, unknown>;
const SOFIA = ["--as", "sofia.rossi@contoso.example"];
const PRIYA = ["--as", "priya.nair@contoso.example"];
const VIKTOR = ["--as", "viktor.petrov@contoso.example"];

describe("the registry on the command line", () => {
  let database: TestDatabase;
  let folder: string;
  before(async () => {
    database = await createTestDatabase();
    folder = mkdtempSync(join(tmpdir(), "signalbox-registry-"));
    cpSync("manifest", folder, { recursive: true });
    const { status, stderr } = registry("register", "--manifest", folder, ...SOFIA);
    assert.equal(status, 0, stderr);
  });
  after(async () => {
    rmSync(folder, { recursive: true, force: true });
    await database.drop();
  });

  const registry = (...args: string[]) => registryCli(args, { DATABASE_URL: database.url });
  const json = (...args: string[]) => {
    const { status, stdout, stderr } = registry(...args, "--json");
    assert.equal(status, 0, stderr);
    return JSON.parse(stdout);
  };
  const read = (file: string): Json => JSON.parse(readFileSync(join(folder, "agents", file), "utf8"));
  const write = (file: string, record: Json): void =>
    writeFileSync(join(folder, "agents", file), JSON.stringify(record, null, 2));
  const edit = (file: string, change: (record: Json) => void): void => {
    const record = read(file);
    change(record);
    write(file, record);
  };
  const register = () => registry("register", "--manifest", folder, ...SOFIA);

  describe("list", () => {
    it("shows each agent in a line, under headings, and filters", () => {
      const { stdout, status } = registry("list");
      assert.equal(status, 0);
      const [headings = "", rule = "", ...lines] = stdout.trimEnd().split("\n");
      assert.match(headings, /^Agent +Cluster +Status +Capability +Owner +Version +Next review +Deprecation$/);
      assert.match(rule, /^[- ]+$/);
      assert.equal(lines.at(-1), `${lines.length - 1} agents.`);
      const line = lines.find((one) => one.startsWith("AP/AR ")) ?? "";
      assert.match(
        line,
        /^AP\/AR +finance +active +read-only +priya\.nair@contoso\.example +1 +2027-01-13 +2028-08-31$/,
      );
      const at = headings.indexOf("Owner");
      for (const one of lines.slice(0, -1)) assert.match(one.slice(at - 1), /^ [a-z.]+@contoso\.example /);

      const finance = json("list", "--cluster", "finance");
      assert.ok(finance.length >= 3);
      assert.ok(finance.every(({ cluster }: Json) => cluster === "finance"));
      const owned = json("list", "--owner", "priya.nair", "--status", "active");
      assert.ok(owned.length >= 1);
      assert.ok(
        owned.every(({ owner, status: is }: Json) => owner === "priya.nair@contoso.example" && is === "active"),
      );
    });
    it("marks an agent whose file is gone and that nobody has retired", () => {
      const file = join(folder, "agents/finance/ap-ar.json");
      const text = readFileSync(file, "utf8");
      unlinkSync(file);
      const { stdout } = registry("list", "--manifest", folder);
      writeFileSync(file, text);
      assert.match(stdout, /^AP\/AR +finance +active, no file +read-only/m);
      assert.match(stdout, /agents\. Without a file: 1\. Retire them, or bring their files back\.$/m);
      assert.equal(stdout.match(/no file/g)?.length, 1);
      assert.ok(json("list", "--manifest", folder).every(({ hasFile }: Json) => hasFile));
      assert.ok(json("list", "--manifest", join(folder, "nowhere")).every(({ hasFile }: Json) => hasFile === null));
    });
    it("says which clusters and statuses there are", () => {
      const { status, stdout, stderr } = registry("list", "--cluster", "marketing");
      assert.deepEqual([status, stdout], [2, ""]);
      assert.match(stderr, /--cluster is one of sales, finance, .* not "marketing"/);
    });
  });

  describe("transition, by owners", () => {
    it("an owner acts on their own agent, and is kept as its owner", () => {
      const args = ["--why", "its figures are wrong"];
      const done = registry("transition", "AP/AR", "suspended", ...args, ...PRIYA);
      assert.equal(done.status, 0, done.stderr);
      assert.deepEqual(
        json("list", "--status", "suspended").map(({ name }: Json) => name),
        ["AP/AR"],
      );
      const [event] = json("show", "AP/AR").events;
      assert.deepEqual([event.from, event.to, event.as, event.why], ["active", "suspended", "owner", args[1]]);
      assert.match(registry("show", "ap/ar").stdout, /active +suspended +Priya Nair \(owner\) +its figures are wrong/);
      assert.equal(registry("transition", "AP/AR", "active", "--why", "mended", ...PRIYA).status, 0);
    });
    it("and on no other, whatever else they are asked for", () => {
      const { status, stderr } = registry("transition", "Leave Balance", "suspended", "--why", "no reason", ...PRIYA);
      assert.equal(status, 2);
      assert.match(stderr, /and the owner of an agent about that one\. Nothing was changed/);
      assert.match(registry("register", "--manifest", folder, ...PRIYA).stderr, /Nothing was changed/);
      assert.deepEqual(json("list", "--status", "suspended"), []);
    });
    it("a draft is signed off by its owner, and not by the platform team", () => {
      const { intent_patterns, ...record } = read("hr-legal/policy-lookup.json");
      write("hr-legal/dress-code.json", {
        ...{ ...record, agent_id: "5d0e8f4a-58a3-4ac6-9b58-5f3f5e2b9d10", display_name: "Dress Code", status: "draft" },
        ...{ service_principal_id: "0f3c8a55-0a6b-4a86-8a36-7d8a4a4b7d11", owner_upn: "viktor.petrov@contoso.example" },
        ...{ counter_examples: [] },
        intent_patterns: (intent_patterns as Json[]).slice(0, 1).map((one) => ({
          ...{ ...one, intent_label: "dress-code" },
          example_utterances: [
            "Sandals at the gate?",
            "May I wear shorts to the board?",
            "Is a tie needed on Fridays?",
          ],
        })),
      });
      assert.equal(register().status, 0);
      const signOff = (...as: string[]) =>
        registry("transition", "Dress Code", "active", "--why", "looked at it", ...as);
      assert.match(signOff(...SOFIA).stderr, /Its owner signs off before it serves/);
      const done = signOff(...VIKTOR);
      assert.equal(done.status, 0, done.stderr);
      assert.equal(done.stdout, "Dress Code: draft → active.\n");
    });
  });

  describe("show", () => {
    it("tells all of an agent: scopes, tools, intents with counts, versions", () => {
      const { stdout, status } = registry("show", "invoice agent");
      assert.equal(status, 0);
      for (const told of [
        /^Invoice Agent: /,
        /\nCapability +action-capable\n/,
        /\nTools +erp\.\w+, /,
        /\nerp\.receivables +confidential +helena\.okafor@contoso\.example +2026-08-28\n/,
        /\ndunning-letter +0\.80 +high +\d+ +finance\/dunning-letter +finance-approver\n/,
        /\nCounter-examples: \d+\.\n/,
        /\n1 +20\d\d-\d\d-\d\d \d\d:\d\d +[0-9a-f]{12} +serves\n/,
        /Its status was never changed by anybody\./,
      ])
        assert.match(stdout, told);
      const { record, versions, version } = json("show", "Invoice Agent");
      assert.equal(record.display_name, "Invoice Agent");
      assert.deepEqual([version, versions.map(({ number }: Json) => number)], [1, [1]]);
    });
    it("names agents that may have been meant", () => {
      const { status, stderr } = registry("show", "Invoce Agent");
      assert.equal(status, 2);
      assert.match(stderr, /There is no agent "Invoce Agent"\. Near it: Invoice Agent/);
      assert.match(registry("show").stderr, /Name an agent/);
    });
  });

  describe("diff against the running registry", () => {
    it("is empty when all is registered, also what was learnt since", async () => {
      assert.equal(register().status, 0);
      const agentId = json("list", "--owner", "priya.nair")[0].agentId;
      await database.pool.query(
        `insert into lesson (tenant_id, lesson_id, agent_id, intent, utterance, version, approved_by)
         select tenant_id, gen_random_uuid(), agent_id, null, 'Feed the office cat at noon', 1, 'somebody'
           from agent_pointer where agent_id = $1`,
        [agentId],
      );
      const learnt = registry("diff", "--manifest", folder);
      assert.match(learnt.stdout, /counter_examples +1 utterance: "Feed the office cat at noon"/);
      await database.pool.query("delete from lesson");
      const { status, stdout } = registry("diff", "--manifest", folder);
      assert.equal(status, 0);
      assert.match(stdout, /against the running registry\n\nNothing changes\.\n$/);
    });
    it("tells what would be registered", () => {
      edit("finance/ap-ar.json", (record) => {
        record.token_sla_per_session = 9_000;
      });
      const { status, stdout } = registry("diff", "--manifest", folder);
      assert.equal(status, 0);
      assert.match(stdout, /Agents\n {2}~ AP\/AR {2}changed: token_sla_per_session\n/);
      assert.match(stdout, /Risk\n {2}! AP\/AR {2}token_sla_per_session: 4000 → 9000\n/);
      assert.match(register().stdout, /registered {2}AP\/AR\n/);
      assert.match(registry("diff", "--manifest", folder).stdout, /Nothing changes/);
      assert.equal(json("show", "AP/AR").version, 2);
    });
  });

  it("register refuses an end that has passed; a start would not, since such an agent retires by itself", () => {
    const path = "hr-legal/leave-balance.json";
    const record = read(path);
    write(path, { ...record, registered_at: "2024-01-10", deprecation_date: "2025-06-30" });
    const { status, stderr } = register();
    assert.equal(status, 2);
    assert.match(stderr, /leave-balance\.json: deprecation_date: 2025-06-30 has passed\. Cure: say that its status is/);
    write(path, record);
    const { registered } = json("register", "--manifest", folder, ...SOFIA);
    assert.deepEqual(registered, []);
  });

  describe("retire and export", () => {
    let agentId: string;
    it("an owner retires their agent, and hears what stops", async () => {
      const { agentId: id } = json("show", "AP/AR");
      agentId = id;
      edit("finance/budget-variance.json", (record) => {
        Object.assign((record.intent_patterns as Json[])[0] ?? {}, { escalation_agent_id: agentId });
      });
      assert.equal(register().status, 0);
      assert.equal(
        registry("retire", "AP/AR", "--why", "merged into the ledger", "--as", "maya.lindqvist@contoso.example").status,
        2,
      );
      const { status, stdout } = registry("retire", "AP/AR", "--why", "merged into the ledger", ...PRIYA);
      assert.equal(status, 0);
      for (const told of [
        /^AP\/AR: active → deprecated\.\n/,
        /Nobody is routed to 3 intents any more: bills-due, receivables-ageing, credit-notes-list\./,
        /Its service principal c022dd35\S+ is needed no longer/,
        /Budget Variance hands over to it: name another agent/,
        /Delete its file/,
      ])
        assert.match(stdout, told);
      const again = registry("retire", "AP/AR", "--why", "merged into the ledger", ...PRIYA);
      assert.deepEqual([again.status, again.stdout], [1, ""]);
      assert.match(again.stderr, /It is deprecated already\. Nothing was changed/);
      assert.match(registry("diff", "--manifest", folder).stdout, /Nothing changes/);
    });
    it("its id does not come back under another name, nor its service principal with another agent", () => {
      edit("finance/ap-ar.json", (record) => {
        record.display_name = "Ledger";
      });
      const { status, stderr } = register();
      assert.equal(status, 2);
      assert.match(
        stderr,
        /Ledger: agent_id: 422509d9\S+ is the id of "AP\/AR" \(it was retired\)\. Cure: .*make a new one/,
      );
      edit("finance/ap-ar.json", (record) => {
        record.agent_id = "8a3f2b1c-9d4e-4f5a-8b6c-7d8e9f0a1b2c";
      });
      const other = register();
      assert.equal(other.status, 2);
      assert.match(
        other.stderr,
        /Ledger: service_principal_id: c022dd35\S+ is the identity of "AP\/AR" \(it was retired\)/,
      );
      assert.deepEqual(
        json("list").filter(({ name }: Json) => name === "Ledger"),
        [],
      );
    });
    it("the whole registry is one document that is the same until something changes, with the life of who is gone", () => {
      const file = join(folder, "registry.json");
      const { status, stdout } = registry("export", "--out", file);
      assert.equal(status, 0);
      assert.match(stdout, /registry\.json: \d+ agents, \d+ versions\./);
      const text = readFileSync(file, "utf8");
      assert.equal(registry("export").stdout, text);
      const { format, agents } = JSON.parse(text);
      assert.equal(format, "signalbox-registry");
      const gone = agents.find((one: Json) => one.agentId === agentId);
      assert.deepEqual([gone.name, gone.status, gone.active], ["AP/AR", "deprecated", 2]);
      assert.deepEqual(
        gone.versions.map(({ number, record }: { number: number; record: Json }) => [
          number,
          record.token_sla_per_session,
        ]),
        [
          [1, 4_000],
          [2, 9_000],
        ],
      );
      assert.deepEqual(
        gone.events.map(({ to, why }: Json) => [to, why]),
        [
          ["suspended", "its figures are wrong"],
          ["active", "mended"],
          ["deprecated", "merged into the ledger"],
        ],
      );
      const ids = agents.map((one: Json) => one.agentId);
      assert.deepEqual(ids, [...ids].sort());
      const nowhere = registry("export", "--out", join(folder, "no/such/folder.json"));
      assert.equal(nowhere.status, 2);
      assert.match(nowhere.stderr, /Name a file in a folder that exists/);
    });
  });

  for (const command of ["list", "show", "diff", "retire", "export", "transition", "register"])
    it(`${command} says how it is called, and what is wrong with a call`, () => {
      const help = registryCli([command, "--help"]);
      assert.equal(help.status, 0);
      assert.match(help.stdout, new RegExp(`^npm run -s registry -- ${command} [\\s\\S]*Exit codes`));
      const broken = registryCli([command, "--frobnicate"]);
      assert.deepEqual([broken.status, broken.stdout], [2, ""]);
      assert.match(broken.stderr, /frobnicate/);
    });
}).timeout(120_000);
