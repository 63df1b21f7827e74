import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { registryCli } from "../support/cli.ts";

type Json = Record<string, unknown>;
const NEW_ID = "5d0e8f4a-58a3-4ac6-9b58-5f3f5e2b9d10";
const NEW_PRINCIPAL = "0f3c8a55-0a6b-4a86-8a36-7d8a4a4b7d11";

describe("npm run registry -- validate", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "signalbox-validate-"));
    for (const part of ["agents", "plans"]) cpSync(join("manifest", part), join(folder, part), { recursive: true });
    // One that acts is left out: the share of those that act stays lawful when a test takes another agent away.
    rmSync(join(folder, "agents/sales/quote-desk.json"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const path = (file: string): string => join(folder, "agents", file);
  const read = (file: string): Json => JSON.parse(readFileSync(path(file), "utf8"));
  const edit = (file: string, change: (record: Json) => void): void => {
    const record = read(file);
    change(record);
    writeFileSync(path(file), JSON.stringify(record, null, 2));
  };
  const intentOf = (record: Json, label: string): Json =>
    (record.intent_patterns as Json[]).find(({ intent_label }) => intent_label === label) ?? {};
  const validate = (...args: string[]) => registryCli(["validate", "--manifest", folder, ...args]);
  const findings = (): { file: string; field: string; wrong: string; cure: string }[] => {
    const { status, stdout, stderr } = validate("--json");
    const { isSound, findings: found } = JSON.parse(stdout);
    assert.equal(status, found.length > 0 ? 1 : 0, stderr);
    assert.equal(isSound, found.length === 0);
    return found;
  };
  const git = (...args: string[]): void => {
    const who = ["-c", "user.name=t", "-c", "user.email=t@contoso.example"];
    execFileSync("git", ["-C", folder, ...who, ...args], { stdio: "ignore" });
  };
  const commit = (): void => {
    git("add", "-A");
    git("commit", "-q", "-m", "a change");
  };

  it("is content with the files as they are, and says how much it looked at", () => {
    const { status, stdout, stderr } = validate();
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, /^\d+ agents and \d+ plans were checked: nothing is wrong\./);
    assert.match(stdout, /The ids of deleted files were not compared: git/);
  });

  it("tells everything that is wrong in all files at once, each with file, field and cure", () => {
    edit("sales/crm-query.json", (record) => delete record.tools);
    writeFileSync(path("finance/invoice.json"), "{ no json");
    writeFileSync(join(folder, "plans/sales/customer-details.json"), "{}");
    edit("hr-legal/policy-lookup.json", (record) => {
      record.owner_upn = "finance.team@contoso.example";
    });
    const { status, stdout } = validate();
    assert.equal(status, 1);
    for (const told of [
      /crm-query\.json\n {2}tools: .*\n {4}Cure: /,
      /invoice\.json\n {2}\(whole file\): is not valid JSON/,
      /customer-details\.json\n {2}plan: /,
      /policy-lookup\.json\n {2}owner_upn: .* is a group, not a person\.\n {4}Cure: name a person/,
      /\d+ agents and \d+ plans were checked: \d+ errors in 4 files\./,
    ])
      assert.match(stdout, told);
    assert.doesNotMatch(stdout, /customer-details does not exist/);
  });

  it("refuses a record of 300 KB by its name, without reading it", () => {
    writeFileSync(path("sales/large.json"), `{ not even json ${" ".repeat(300 * 1024)}`);
    const [found, ...others] = findings();
    assert.deepEqual(others, []);
    assert.match(found?.file ?? "", /sales\/large\.json$/);
    assert.match(found?.wrong ?? "", /has 301 KB, and a record may have 256 KB/);
  });

  it("refuses two files with one id, and names both", () => {
    copyFileSync(path("sales/crm-query.json"), path("sales/zz-copy.json"));
    const found = findings().find(({ field }) => field === "agent_id");
    assert.match(found?.file ?? "", /zz-copy\.json$/);
    assert.match(found?.wrong ?? "", /is taken by .*crm-query\.json: agent_id/);
  });

  it("names a field that nobody knows, and the one that may have been meant", () => {
    edit("sales/crm-query.json", (record) => {
      record.review_cadence_day = 30;
      const [first] = record.intent_patterns as Json[];
      Object.assign(first ?? {}, { colour: "red" });
    });
    assert.deepEqual(
      findings().map(({ field, wrong, cure }) => [field, wrong, cure]),
      [
        ["intent_patterns.0.colour", "is no field of a record", "delete it"],
        [
          ...["review_cadence_day", "is no field of a record"],
          'delete it, or write "review_cadence_days" if that is meant',
        ],
      ],
    );
  });

  it("refuses a cluster that does not exist, with those that do", () => {
    edit("sales/crm-query.json", (record) => {
      record.cluster_id = "marketing";
    });
    const [found] = findings();
    assert.equal(found?.field, "cluster_id");
    assert.match(found?.cure ?? "", /choose sales, finance, it-security, hr-legal/);
  });

  it("refuses an end that has passed, unless the agent is retired", () => {
    const set = (status: string) =>
      edit("sales/crm-query.json", (record) =>
        Object.assign(record, { registered_at: "2024-01-10", deprecation_date: "2025-06-30", status }),
      );
    set("active");
    assert.deepEqual(
      findings().map(({ field, wrong, cure }) => [field, wrong, cure]),
      [["deprecation_date", "2025-06-30 has passed", "say that its status is deprecated"]],
    );
    set("deprecated");
    assert.ok(findings().every(({ field }) => field !== "deprecation_date"));
  });

  it("wants a role that approves what nothing takes back, held by somebody", () => {
    const role = (to: string | undefined) =>
      edit("finance/invoice.json", (record) => {
        intentOf(record, "dunning-letter").approver_role = to;
      });
    role(undefined);
    const [missing] = findings();
    assert.match(missing?.field ?? "", /^intent_patterns\.\d+\.approver_role$/);
    assert.match(
      missing?.wrong ?? "",
      /finance\/dunning-letter calls erp\.send_dunning_letter, which nothing takes back/,
    );
    assert.match(missing?.cure ?? "", /finance-approver/);
    role("finance-approvers");
    assert.match(findings()[0]?.wrong ?? "", /nobody has the role "finance-approvers"/);
    role("sales-approver");
    assert.match(findings()[0]?.wrong ?? "", /policy lets nobody with the role "sales-approver" decide in finance/);
    role("cluster-lead-finance");
    assert.deepEqual(findings(), []);
    role("finance-approver");
    assert.deepEqual(findings(), []);
  });

  describe("with a history", () => {
    beforeEach(() => {
      git("init", "-q");
      commit();
    });
    const identityOf = (file: string) => {
      const { agent_id, service_principal_id } = read(file);
      return { agent_id, service_principal_id };
    };
    const takenOver = (id: Json, file = "hr-legal/leave-balance.json"): void =>
      edit(file, (record) => Object.assign(record, id));

    it("an id is not given to another agent after its file is deleted, and neither is its service principal", () => {
      const old = identityOf("sales/customer-360.json");
      rmSync(path("sales/customer-360.json"));
      commit();
      assert.deepEqual(findings(), []);
      for (const [field, cure] of [
        ["agent_id", /make a new one/],
        ["service_principal_id", /an identity of its own/],
      ] as const) {
        const before = identityOf("sales/crm-query.json");
        takenOver({ [field]: old[field] }, "sales/crm-query.json");
        const found = findings();
        assert.deepEqual(
          found.map((one) => one.field),
          [field],
        );
        assert.match(found[0]?.file ?? "", /crm-query\.json$/);
        const where = /of "Customer 360" \(its file agents\/sales\/customer-360\.json was deleted in [0-9a-f]{7}\)/;
        assert.match(found[0]?.wrong ?? "", where);
        assert.match(found[0]?.cure ?? "", cure);
        takenOver(before, "sales/crm-query.json");
      }
    });

    it("an id that was replaced within a file is not given to another agent either", () => {
      const old = identityOf("sales/customer-360.json");
      edit("sales/customer-360.json", (record) =>
        Object.assign(record, { agent_id: NEW_ID, service_principal_id: NEW_PRINCIPAL }),
      );
      commit();
      assert.deepEqual(findings(), []);
      takenOver({ agent_id: old.agent_id });
      assert.match(findings()[0]?.wrong ?? "", /is the id of "Customer 360" \(its file .* was changed in/);
    });

    it("a file that moves, an agent that is renamed and a deletion that is taken back are no reuse", () => {
      renameSync(path("sales/customer-360.json"), path("sales/customer-overview.json"));
      edit("sales/customer-overview.json", (record) => {
        record.display_name = "Customer Overview";
      });
      commit();
      assert.deepEqual(findings(), []);
      const text = readFileSync(path("sales/crm-query.json"), "utf8");
      rmSync(path("sales/crm-query.json"));
      commit();
      writeFileSync(path("sales/crm-query.json"), text);
      assert.deepEqual(findings(), []);
    });

    it("says that older ids were not compared where the history is cut off", () => {
      edit("sales/customer-360.json", (record) => {
        record.token_sla_per_session = 4_321;
      });
      commit();
      const cut = `${folder}-cut`;
      execFileSync("git", ["clone", "-q", "--depth", "1", `file://${folder}`, cut], { stdio: "ignore" });
      const { stdout, status } = registryCli(["validate", "--manifest", cut]);
      rmSync(cut, { recursive: true });
      assert.equal(status, 0);
      assert.match(stdout, /a shallow clone\): older ids were not compared/);
    });
  });

  it("says how it is called, and what is wrong with a call", () => {
    assert.match(registryCli(["validate", "--help"]).stdout, /--manifest FOLDER[\s\S]*Exit codes/);
    const broken = registryCli(["validate", "--frobnicate"]);
    assert.deepEqual([broken.status, broken.stdout], [2, ""]);
    assert.match(registryCli(["validate", "--manifest", "nowhere"]).stderr, /nowhere[\s\S]*--manifest/);
  });
}).timeout(120_000);
