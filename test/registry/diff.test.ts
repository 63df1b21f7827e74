import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RegistryDiff } from "../../src/registry/diff/compare.ts";
import { registryCli } from "../support/cli.ts";

type Json = Record<string, unknown>;

describe("npm run registry -- diff --against", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "signalbox-diff-"));
    for (const part of ["agents", "plans"]) cpSync(join("manifest", part), join(folder, part), { recursive: true });
    git("init", "-q");
    git("add", "-A");
    git("-c", "user.name=t", "-c", "user.email=t@contoso.example", "commit", "-q", "-m", "as it is");
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  afterEach(() => {
    git("checkout", "-q", ".");
    git("clean", "-qfd");
  });

  const git = (...args: string[]): void => void execFileSync("git", ["-C", folder, ...args], { stdio: "ignore" });
  const path = (file: string): string => join(folder, file);
  const read = (file: string): Json => JSON.parse(readFileSync(path(file), "utf8"));
  const edit = (file: string, change: (content: Json) => void): void => {
    const content = read(file);
    change(content);
    writeFileSync(path(file), JSON.stringify(content, null, 2));
  };
  const intentOf = (record: Json, label: string): Json =>
    (record.intent_patterns as Json[]).find(({ intent_label }) => intent_label === label) ?? {};
  const run = (...args: string[]) => registryCli(["diff", "--against", "HEAD", "--manifest", folder, ...args]);
  const diff = (): RegistryDiff => {
    const { status, stdout, stderr } = run("--json");
    assert.equal(status, 0, stderr);
    return JSON.parse(stdout);
  };
  const INVOICE = "agents/finance/invoice.json";

  it("is empty where nothing changed, however the files are laid out", () => {
    edit(INVOICE, (record) => Object.assign(record, { $schema: "elsewhere.json" }));
    edit("plans/finance/credit-note.json", () => {});
    const { status, stdout } = run();
    assert.deepEqual([status, stdout], [0, "What the files change against HEAD\n\nNothing changes.\n"]);
  });

  it("tells new, changed and removed agents, by their ids and not by their names", () => {
    const gone = read("agents/sales/crm-query.json");
    rmSync(path("agents/sales/crm-query.json"));
    edit("agents/sales/customer-360.json", (record) => Object.assign(record, { display_name: "Customer Overview" }));
    writeFileSync(
      path("agents/sales/fresh.json"),
      JSON.stringify({ ...gone, agent_id: "5d0e8f4a-58a3-4ac6-9b58-5f3f5e2b9d10", display_name: "Fresh Query" }),
    );
    const { agents, record } = diff();
    assert.deepEqual(
      [agents.added, agents.removed, agents.changed].map((some) => some.map(({ name }) => name)),
      [["Fresh Query"], ["CRM Query"], ["Customer Overview"]],
    );
    assert.deepEqual(
      record.map(({ what, from, to }) => [what, from, to]),
      [["display_name", "Customer 360", "Customer Overview"]],
    );
    assert.match(run().stdout, /\n {2}\+ Fresh Query +new: sales, read-only, active, owner /);
  });

  it("tells intents and utterances that come, go and move", () => {
    edit(INVOICE, (record) => {
      const from = intentOf(record, "overdue-invoices").example_utterances as string[];
      const to = intentOf(record, "invoice-status").example_utterances as string[];
      to.push(from.shift() ?? "");
      from[0] = from[0]?.toUpperCase() ?? "";
      from.push("Whose bills gather dust?");
      to.splice(0, 1);
      (record.counter_examples as string[]).push("Bake me an invoice");
      intentOf(record, "credit-note").intent_label = "credit-notes";
    });
    const { routing, risk } = diff();
    const { intents, utterances } = routing;
    assert.deepEqual(
      [intents.added, intents.removed].map((some) => some.map(({ intent }) => intent)),
      [["credit-notes"], ["credit-note"]],
    );
    const ofCreditNotes = utterances.moved.filter(({ to }) => to.intent === "credit-notes");
    assert.ok(ofCreditNotes.length >= 5);
    assert.deepEqual(
      utterances.moved
        .filter(({ to }) => to.intent !== "credit-notes")
        .map(({ utterance, from, to }) => [utterance, from.intent, to.intent]),
      [["Which invoices are overdue?", "overdue-invoices", "invoice-status"]],
    );
    assert.deepEqual(
      utterances.added.map(({ utterance, intent }) => [utterance, intent]),
      [
        ["Whose bills gather dust?", "overdue-invoices"],
        ["Bake me an invoice", null],
      ],
    );
    assert.deepEqual(
      utterances.removed.map(({ intent }) => intent),
      ["invoice-status"],
    );
    assert.ok(risk.some(({ intent, what, to }) => intent === "credit-notes" && what === "risk" && to === "high"));
    const { stdout } = run();
    assert.match(
      stdout,
      /~ Invoice Agent \/ invoice-status +"Which invoices are overdue\?", until now Invoice Agent \/ overdue-invoices/,
    );
    assert.match(stdout, /\+ Invoice Agent \/ counter_examples +1 utterance: "Bake me an invoice"/);
  });

  it("tells tools, writes and data that agents gain and lose", () => {
    edit(INVOICE, (record) => {
      record.tools = [...(record.tools as string[]).filter((tool) => tool !== "crm.log_activity"), "hris.get_policy"];
      const [first, ...others] = record.data_scopes as Json[];
      record.data_scopes = [
        { ...first, classification: "restricted" },
        ...others.slice(1),
        { ...first, scope_name: "hris.policies" },
      ];
      intentOf(record, "invoice-status").plan = "finance/dunning-letter";
    });
    const { permissions, risk } = diff();
    const { tools, writes, scopes, changed } = permissions;
    assert.deepEqual(
      tools.gained.map(({ tool, writes: is }) => [tool, is]),
      [["hris.get_policy", false]],
    );
    assert.deepEqual(
      tools.lost.map(({ tool, writes: is }) => [tool, is]),
      [["crm.log_activity", true]],
    );
    assert.deepEqual(
      writes.gained.map(({ intent, tool, irreversible }) => [intent, tool, irreversible]),
      [["invoice-status", "erp.send_dunning_letter", true]],
    );
    assert.deepEqual(writes.lost, []);
    assert.deepEqual([scopes.gained.map(({ scope }) => scope), scopes.lost.length], [["hris.policies"], 1]);
    assert.deepEqual(
      changed.map(({ what, to, isRiskier }) => [what, to, isRiskier]),
      [["erp.receivables: classification", "restricted", true]],
    );
    assert.deepEqual(
      risk.map(({ what, from, to }) => [what, from, to]),
      [["plan", "finance/invoice-status", "finance/dunning-letter"]],
    );
    assert.match(
      run().stdout,
      /! Invoice Agent \/ invoice-status +calls erp\.send_dunning_letter, which changes something that nothing takes back/,
    );
  });

  it("tells what could go more wrong than before, and what less", () => {
    edit("agents/sales/crm-query.json", (record) => Object.assign(record, { capability_mode: "action-capable" }));
    edit(INVOICE, (record) => {
      Object.assign(intentOf(record, "credit-note"), { risk: "medium", confidence_threshold: 0.95 });
      Object.assign(intentOf(record, "extend-due-date"), { confidence_threshold: 0.81 });
      delete intentOf(record, "dunning-letter").approver_role;
      record.budgets = { max_tool_calls: 80, max_runtime_seconds: 300 };
    });
    edit("plans/finance/credit-note.json", (plan) => {
      plan.version = 99;
    });
    const told = diff().risk.map(({ name, intent, what, from, to, isRiskier }) => [
      name,
      intent,
      what,
      from,
      to,
      isRiskier,
    ]);
    const was = (label: string): unknown =>
      intentOf(JSON.parse(readFileSync(join("manifest", INVOICE), "utf8")), label).confidence_threshold;
    for (const expected of [
      ["CRM Query", null, "capability_mode", "read-only", "action-capable", true],
      ["Invoice Agent", "credit-note", "risk", "high", "medium", false],
      ["Invoice Agent", "credit-note", "confidence_threshold", was("credit-note"), 0.95, false],
      [
        "Invoice Agent",
        "credit-note",
        "plan",
        "finance/credit-note as it was",
        "finance/credit-note as it is now",
        false,
      ],
      ["Invoice Agent", "dunning-letter", "approver_role", "finance-approver", null, true],
      ["Invoice Agent", null, "budgets.max_tool_calls", 40, 80, true],
    ])
      assert.ok(
        told.some((one) => JSON.stringify(one) === JSON.stringify(expected)),
        `${JSON.stringify(expected)} in ${JSON.stringify(told, null, 1)}`,
      );
    assert.ok(!told.some(([, , what]) => what === "budgets.max_runtime_seconds"), "its default was written down");
    assert.match(run().stdout, /! is riskier than before\.\n$/);
  });

  it("as a comment: tables, and nothing of a record is a link, a mention, a tag or a table of its own", () => {
    edit(INVOICE, (record) => {
      const utterances = intentOf(record, "overdue-invoices").example_utterances as string[];
      utterances.push("| <img src=x> [click](https://evil.example) @everyone `code`\n# big");
    });
    const { status, stdout } = run("--markdown");
    assert.equal(status, 0);
    assert.match(
      stdout,
      /^## What the files change against HEAD\n\n### Agents\n\n\| \| Where \| What \|\n\|---\|---\|---\|\n/,
    );
    const line = stdout.split("\n").find((one) => one.includes("evil")) ?? "";
    assert.doesNotMatch(line, /<|\[|@|https:\/\/|code`/);
    assert.equal(line.match(/\|/g)?.length, 4);
    assert.equal(run("--markdown", "--json").status, 2);
  });

  it("leaves out what cannot be read, says so, and compares the rest", () => {
    const file = "agents/sales/crm-query.json";
    writeFileSync(path(file), readFileSync(path(file), "utf8").slice(0, 2_000));
    edit(INVOICE, (record) => Object.assign(record, { token_sla_per_session: 99 }));
    const { status, stdout } = run();
    assert.equal(status, 1);
    const told =
      /Left out, since it cannot be read\n {2}- sales\/crm-query\.json \(after\) +\(whole file\): is not valid JSON/;
    assert.match(stdout, told);
    assert.doesNotMatch(stdout, /CRM Query/);
    assert.match(stdout, /Invoice Agent +token_sla_per_session: \d+ → 99/);
  });

  it("says what it needs where the revision or the repository is not there", () => {
    const unknown = registryCli(["diff", "--against", "no-such-branch", "--manifest", folder]);
    assert.equal(unknown.status, 2);
    assert.match(unknown.stderr, /git does not know the revision "no-such-branch"\. Name a branch/);
    assert.equal(registryCli(["diff", "--against", "--output=x", "--manifest", folder]).status, 2);
    assert.equal(registryCli(["diff", "--against=--output=x", "--manifest", folder]).status, 2);
  });
}).timeout(120_000);
