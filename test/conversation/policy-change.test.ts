import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { versionInForce } from "../../src/policy/store.ts";
import type { ExplainedRun } from "../../src/policy-cli/explain-run.ts";
import { type BotProcess, startBotProcess } from "../support/bot-process.ts";
import { buttonsOf, readable } from "../support/card-content.ts";
import { untouchedInvoices } from "../support/invoices.ts";
import type { Shown } from "../support/loopback-channel.ts";
import { around, type Colleague, type Office, openOffice } from "../support/office.ts";

const HIGH = '@id("write.high-needs-review")';

describe("the policies change while work goes on", function () {
  this.timeout(60_000);
  let folder: string;
  let office: Office;
  let other: BotProcess | undefined;
  let invoices: string[];
  let invoice: string;
  let [maya, jonas, priya]: Colleague[] = [];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "signalbox-policies-"));
    await cp("manifest/policies", folder, { recursive: true });
    office = await openOffice({ policiesFolder: folder });
    invoices = await untouchedInvoices(office.pool);
  });
  beforeEach(() => {
    invoice = invoices.shift() ?? "";
    [maya, jonas, priya] = ["maya.lindqvist", "jonas.weber", "priya.nair"].map((name) => office.colleague(name));
  });
  after(async () => {
    await other?.stop();
    await office.close();
    await rm(folder, { recursive: true, force: true });
  });

  const at = (who: Colleague | undefined): Colleague => who ?? office.colleague("maya.lindqvist");
  const edit = async (file: string, from: string, to: string, where = folder): Promise<void> => {
    const text = await readFile(join(where, file), "utf8");
    assert.ok(text.includes(from), `${file} has changed`);
    await writeFile(join(where, file), text.replace(from, to));
  };
  const ask = async (): Promise<Shown> => {
    await at(maya).says(`Raise a credit note of 450 for ${invoice}, damaged goods`);
    return at(jonas).sees(new RegExp(`Your approval is needed[\\s\\S]*${invoice}`));
  };
  const notes = async (): Promise<number> => {
    const { rows } = await office.pool.query<{ n: number }>(
      "select count(*)::int as n from erp.credit_note where invoice_id = $1 and amount = 450",
      [invoice],
    );
    return rows[0]?.n ?? 0;
  };
  const audited = async (kind: string): Promise<Record<string, unknown>[]> => {
    const { rows } = await office.pool.query<{ data: Record<string, unknown> }>(
      "select data from audit_log where kind = $1 order by seq",
      [kind],
    );
    return rows.map(({ data }) => data);
  };
  const inForce = () => versionInForce(office.pool, office.app.ports.tenantId);

  it("text that does not hold is refused, and what is in force stays", async () => {
    const before = await inForce();
    for (const [from, to] of [
      [HIGH, "permit (principal, action, resource"],
      ['context.access == "write" && context.risk == "low"', 'context.nobody == "write"'],
    ] as const) {
      const text = await readFile(join(folder, "10-tools.cedar"), "utf8");
      await edit("10-tools.cedar", from, to);
      await office.app.lookAtPolicies();
      assert.equal(await inForce(), before);
      await writeFile(join(folder, "10-tools.cedar"), text);
    }
    assert.equal((await audited("policy.in-force")).length, 1, "what this start has put in force");
    await jonas?.clicks(await ask(), "Approve");
    await at(maya).sees(/Credit note CN-\d+ of/);
  });

  it("a click after a change that decides otherwise is refused: the old question is void, says so, and is asked anew", async () => {
    const old = await ask();
    await at(maya).says("Extend the due date of INV-1042 to 20 December 2027, the goods were late");
    const confirmation = await at(maya).sees(/Please confirm/);
    const before = await inForce();
    await edit("10-tools.cedar", HIGH, '@id("write.high-needs-two")\n@stages("reviewer 2")');
    await office.app.lookAtPolicies();
    assert.notEqual(await inForce(), before);
    assert.equal(office.app.ports.policies.version, await inForce());

    const card = await at(jonas).sees(
      /Void: The policies were changed since it was asked, and others have to agree now/,
    );
    assert.equal(card.id, old.id, "the card that was clicked");
    assert.equal(
      buttonsOf(card.card).some(({ title }) => title === "Approve"),
      false,
    );
    const late = await at(jonas).clicks(old, "Approve");
    assert.match(JSON.stringify(late.value), /Void: The policies were changed/);
    assert.equal(await notes(), 0);
    const [voided] = await audited("approval.voided");
    assert.match(String(voided?.why), /others have to agree now/);

    const anew = new RegExp(`Your approval is needed[\\s\\S]*${invoice}`);
    const [first, second] = [at(jonas), at(priya)].map((who) =>
      who.all().findLast(({ card: one }) => anew.test(readable(one))),
    );
    assert.ok(first !== undefined && second !== undefined && first.id !== old.id);
    await at(jonas).clicks(first, "Approve");
    assert.equal(await notes(), 0, "two have to agree by now");
    await at(priya).clicks(second, "Approve");
    await at(maya).sees(/Credit note CN-\d+ of/);
    assert.equal(await notes(), 1);

    const code = /Code\n([0-9A-Z]{4,8})/.exec(readable(old.card))?.[1] ?? "";
    const { stdout } = await promisify(execFile)(process.execPath, ["src/policy-cli.ts", "explain", code, "--json"], {
      env: { ...process.env, DATABASE_URL: office.databaseUrl },
    });
    const explained = JSON.parse(stdout) as ExplainedRun;
    assert.deepEqual(
      [explained.status, explained.beganUnder, explained.inForce],
      ["completed", before, await inForce()],
    );
    const now = await inForce();
    assert.deepEqual(
      explained.decisions.map(({ what, verdict, policies }) => `${what}: ${verdict}, ${policies}`).sort(),
      [
        `action.proposed erp.create_credit_note: ask review, ${before}`,
        `action.proposed erp.create_credit_note: ask review, ${now}`,
        `approval ${code}-2: approved, ${now}`,
        `approval ${code}: void, ${before}`,
        "approval.attempt-refused: refused, ",
        `approval.voided: refused, ${now}`,
      ],
    );

    await at(jonas).says(`approve ${code}`);
    await at(jonas).sees(new RegExp(`${code} is void\\. The policies were changed since it was asked`));

    // What the new text decides in the same way stands.
    await at(maya).clicks(confirmation, /Confirm|Approve/);
    await at(maya).sees(/Executed|extended|Approved by/);
    const { rows } = await office.pool.query<{ kind: string; status: string }>(
      "select kind, status from approval where kind = 'confirmation'",
    );
    assert.deepEqual(rows, [{ kind: "confirmation", status: "approved" }]);
  });

  it("an agent that was suspended after it asked cannot be let act by a click", async () => {
    const question = await ask();
    const put = async (status: "suspended" | null): Promise<void> => {
      await office.pool.query(
        `with set as (update agent_pointer p set status = $1 from agent_version v
           where v.agent_id = p.agent_id and v.record ->> 'display_name' = 'Invoice Agent' returning 1)
         select pg_notify('signalbox_fleet', '') from set limit 1`,
        [status],
      );
      const isHeard = () =>
        office.app.ports.registry.agents.some(
          (one) => one.display_name === "Invoice Agent" && one.status === (status ?? "active"),
        );
      for (const giveUp = Date.now() + 10_000; !isHeard() && Date.now() < giveUp; ) await sleep(20);
    };
    await put("suspended");
    const answer = await at(jonas).clicks(question, "Approve");
    assert.match(JSON.stringify(answer.value), /Void: The agent is no longer allowed to act/);
    assert.equal(await notes(), 0);
    assert.match(String((await audited("approval.attempt-refused")).at(-1)?.why), /taken out of service/);
    await put(null);
  });

  it("two processes, one with the rules of yesterday: the old approval counts on neither", async () => {
    const [old, before] = [await ask(), await inForce()];
    const tomorrow = `${folder}-tomorrow`;
    await cp(folder, tomorrow, { recursive: true });
    await edit(
      "10-tools.cedar",
      '@stages("reviewer 2")\n@reason("High risk',
      '@stages("lead 1")\n@reason("High risk',
      tomorrow,
    );
    other = await startBotProcess(folder, { DATABASE_URL: office.databaseUrl, SIGNALBOX_POLICIES: tomorrow });
    const now = await inForce();
    assert.notEqual(now, before);
    for (const url of [office.app.url, other.url]) {
      const answer = await around(url, office.channel).colleague("jonas.weber").clicks(old, "Approve");
      assert.match(JSON.stringify(answer.value), /Void: The policies were changed/, url);
    }
    assert.equal(await notes(), 0);
    assert.equal((await office.app.ports.policiesInForce(office.pool)).version, now);
    // Its files are still those of yesterday: looking at them brings nothing back.
    await office.app.lookAtPolicies();
    assert.equal(await inForce(), now);
    await rm(tomorrow, { recursive: true, force: true });
  });
});
