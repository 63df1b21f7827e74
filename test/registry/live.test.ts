import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "../../src/config.ts";
import { openLiveFleet } from "../../src/live-fleet.ts";
import { createLog } from "../../src/telemetry/log.ts";
import { directory, plans, theEntities, theRegistry } from "../support/fleet.ts";
import { type Office, openOffice } from "../support/office.ts";
import { until } from "../support/until.ts";

describe("the fleet while it runs (R2.2)", () => {
  let office: Office;
  let another: Awaited<ReturnType<typeof openLiveFleet>>;
  let folder: string;
  before(async function () {
    this.timeout(120_000);
    office = await openOffice();
    const customers = theEntities.customer ?? [];
    const config = readConfig({});
    const { databaseUrl, pool } = office;
    another = await openLiveFleet({
      ...{ pool, databaseUrl, config, log: createLog("silent"), filed: theRegistry(), plans, directory, customers },
    });
    folder = mkdtempSync(join(tmpdir(), "signalbox-live-"));
    cpSync("manifest", folder, { recursive: true });
  });
  after(async () => {
    rmSync(folder, { recursive: true, force: true });
    await another.stop();
    await office.close();
  });

  const registry = (...args: string[]) =>
    spawnSync(process.execPath, ["src/registry-cli.ts", ...args], {
      encoding: "utf8",
      env: { ...process.env, DATABASE_URL: office.databaseUrl },
    });
  const onBoth = (text: string) => Promise.all([office.app.ports, another].map(({ router }) => router.route(text)));
  const AS = ["--as", "sofia.rossi@contoso.example"];

  it("a suspended agent serves on no process any more, nobody else takes its work by mistake, and it can come back", async () => {
    const text = "How many days of leave do I have left?";
    for (const { chosen } of await onBoth(text)) assert.equal(chosen?.displayName, "Leave Balance");
    const away = registry("transition", "leave balance", "suspended", "--why", "its figures are wrong", ...AS);
    assert.equal(away.status, 0, away.stderr);
    assert.equal(away.stdout.trim(), "Leave Balance: active → suspended.");
    await until(async () => (await onBoth(text)).every(({ outcome }) => outcome !== "serve"));
    const maya = office.colleague("maya.lindqvist");
    await maya.says(text);
    await maya.sees(/HR & Legal/);
    const { rows } = await office.pool.query(
      "select actor, data from audit_log where kind = 'agent.status-changed' order by seq desc limit 1",
    );
    assert.equal(rows[0]?.data.why, "its figures are wrong");
    assert.equal(registry("transition", "Leave Balance", "active", "--why", "mended", ...AS).status, 0);
    await until(async () => (await onBoth(text)).every(({ chosen }) => chosen?.displayName === "Leave Balance"));
  });

  it("a new agent is found by its own words as soon as it is registered, by others when they are learnt, while the rest goes on serving; and it is retired for good", async () => {
    const record = JSON.parse(readFileSync(join(folder, "agents/hr-legal/leave-balance.json"), "utf8"));
    const visitors = {
      ...record,
      agent_id: "5d0e8f4a-58a3-4ac6-9b58-5f3f5e2b9d10",
      service_principal_id: "0f3c8a55-0a6b-4a86-8a36-7d8a4a4b7d11",
      display_name: "Visitor Guide",
      description: "Says which visitors are expected, and what they need at the gate.",
      counter_examples: [],
      intent_patterns: [
        {
          ...record.intent_patterns[0],
          intent_label: "visitors-expected",
          description: "Visitors who are expected at the gate today.",
          example_utterances: [
            "Which visitors are expected at the gate today?",
            "Who is coming to visit us this afternoon?",
            "Is a visitor badge ready for the guest of Maya?",
            "Guests at reception this morning",
            "Show me the visitor list",
          ],
        },
      ],
    };
    writeFileSync(join(folder, "agents/hr-legal/visitor-guide.json"), JSON.stringify(visitors));
    const text = "Which visitors are expected at the gate today?";
    for (const { chosen } of await onBoth(text)) assert.notEqual(chosen?.displayName, "Visitor Guide");
    const asked = setInterval(
      () => void onBoth("Which invoices are overdue?").then((decisions) => meanwhile.push(...decisions)),
      50,
    );
    const meanwhile: Awaited<ReturnType<typeof onBoth>> = [];
    const done = registry("register", "--manifest", folder, ...AS);
    assert.equal(done.status, 0, done.stderr);
    assert.match(
      done.stdout,
      new RegExp(`registered {2}Visitor Guide\\n${theRegistry().agents.length + 1} agents; 1 new or changed`),
    );
    await until(async () => (await onBoth(text)).every(({ chosen }) => chosen?.displayName === "Visitor Guide"));
    const alike = () => onBoth("Are any guests expected at reception this afternoon?");
    await until(async () => (await alike()).every(({ candidates }) => candidates[0]?.displayName === "Visitor Guide"));
    await until(async () => (await alike()).every(({ reason }) => !/being learnt/.test(reason)));
    assert.ok((await alike()).every(({ candidates }) => candidates[0]?.displayName === "Visitor Guide"));
    clearInterval(asked);
    assert.ok(meanwhile.length > 4);
    for (const { chosen } of meanwhile) assert.equal(chosen?.intent, "overdue-invoices");

    assert.equal(registry("transition", "Visitor Guide", "deprecated", "--why", "a trial", ...AS).status, 0);
    await until(async () =>
      (await onBoth(text)).every(({ candidates }) =>
        candidates.every(({ displayName }) => displayName !== "Visitor Guide"),
      ),
    );
    const back = registry("transition", "Visitor Guide", "active", "--why", "again", ...AS);
    assert.equal(back.status, 2);
    assert.match(back.stderr, /a retired agent never comes back.*Nothing was changed/);
  }).timeout(120_000);

  it("only the platform team and security may do that, and whatever is wrong is told", () => {
    const told = (...args: string[]): string => {
      const { status, stderr } = registry(...args);
      assert.equal(status, 2);
      return stderr;
    };
    assert.match(told("transition", "Leave Balance", "suspended", "--why", "no reason"), /Say who you are/);
    assert.match(
      told("transition", "Leave Balance", "suspended", "--why", "no reason", "--as", "maya.lindqvist@contoso.example"),
      /platform team and security.*Nothing was changed/,
    );
    assert.match(
      told("transition", "Leave Balans", "suspended", "--why", "no reason", ...AS),
      /Near it: Leave Balance/,
    );
    assert.match(told("transition", "Leave Balance", "asleep", "--why", "no reason", ...AS), /"asleep" is no status/);
    assert.match(told("transition", "Leave Balance", "suspended", ...AS), /Say why/);
    assert.match(told("transition", "Leave Balance", "active", "--why", "no reason", ...AS), /It is active already/);
    assert.match(told("register", "--manifest", "/nowhere", ...AS), /nowhere/);
  }).timeout(60_000);
});
