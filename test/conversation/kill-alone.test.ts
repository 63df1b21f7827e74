import assert from "node:assert/strict";
import { readConfig } from "../../src/config.ts";
import { signatureOf } from "../../src/review/alerts/signature.ts";
import { systemsPidOf } from "../support/bot-process.ts";
import { theRegistry } from "../support/fleet.ts";
import type { Shown } from "../support/loopback-channel.ts";
import { type Colleague, type Office, openOffice } from "../support/office.ts";
import { until } from "../support/until.ts";

const SECRET = "a secret of more than thirty-two characters";
const AGENT = theRegistry().agents.find(({ display_name: name }) => name === "Invoice Agent")?.agent_id;

describe("the fleet is stopped while nothing that it works with answers", () => {
  let office: Office;
  let systems: number;
  let [maya, jonas, sofia]: Colleague[] = [];
  before(async function () {
    this.timeout(60_000);
    office = await openOffice({
      alerts: { ...readConfig({}).alerts, secret: SECRET },
      // Nobody listens there.
      model: { url: "http://127.0.0.1:9", model: "none", key: undefined, signIn: "none" },
    });
    systems = systemsPidOf(process.pid);
    [maya, jonas, sofia] = ["maya.lindqvist", "jonas.weber", "sofia.rossi"].map((name) => office.colleague(name));
  });
  after(async () => {
    process.kill(systems, "SIGCONT");
    await office.close();
  });

  const at = (who: Colleague | undefined): Colleague => {
    assert.ok(who);
    return who;
  };
  const ask = async (amount: number): Promise<Shown> => {
    await at(maya).says(`Raise a credit note of ${amount} for INV-1042, damaged goods`);
    return at(jonas).sees(new RegExp(`Your approval is needed[\\s\\S]*${amount}\\.00`));
  };
  const suspend = async (): Promise<void> => {
    const timestamp = String(Math.floor(Date.now() / 1_000));
    const body = JSON.stringify({ alert_type: "security_incident", agent_id: AGENT, metric_value: 1 });
    const signature = signatureOf(SECRET, { timestamp, body: Buffer.from(body) });
    const headers = { "x-signalbox-timestamp": timestamp, "x-signalbox-signature": signature };
    const response = await fetch(`${office.app.url}/api/alerts`, { method: "POST", headers, body });
    assert.equal(response.status, 202);
  };
  const notes = async (): Promise<number> =>
    (await office.pool.query("select 1 from erp.credit_note where amount in (61, 62)")).rowCount ?? 0;

  it("the kill switch works, a suspension works, and no click lets through what was queued before", async () => {
    const [first, second] = [await ask(61), await ask(62)];
    process.kill(systems, "SIGSTOP");

    await at(sofia).says("stop all actions: systems and model are silent");
    await at(sofia).sees(/All actions of the fleet are stopped/);
    assert.equal((await at(jonas).clicks(first, "Approve")).statusCode, 200);
    await at(maya).sees(/Paused: All actions are stopped: systems and model are silent/);

    await suspend();
    await until(() => office.app.ports.registry.byId.get(AGENT ?? "")?.status === "suspended");
    const late = await at(jonas).clicks(second, "Approve");
    assert.match(JSON.stringify(late.value), /Void: The agent is no longer allowed to act/);

    // What was approved in time is not done by an agent that is out of service, whoever answers again.
    process.kill(systems, "SIGCONT");
    await at(sofia).says("release all actions");
    await at(sofia).sees(/The fleet may act again/);
    const noah = office.colleague("noah.fischer");
    await noah.says("Open a ticket: my laptop does not start");
    await noah.clicks(await noah.sees(/Please confirm/), "Confirm");
    await noah.sees(/TCK-\d+[\s\S]*(opened|created)/i);
    const { rows } = await office.pool.query<{ state: string; n: number }>(
      "select state, count(*)::int as n from action where (args ->> 'amount')::numeric in (61, 62) group by 1 order by 1",
    );
    assert.ok(
      rows.every(({ state }) => state === "void" || state === "proposed" || state === "failed"),
      JSON.stringify(rows),
    );
    assert.equal(await notes(), 0);
  });
});
