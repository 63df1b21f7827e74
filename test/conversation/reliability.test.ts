import assert from "node:assert/strict";
import { readable } from "../support/card-content.ts";
import { type Office, openOffice } from "../support/office.ts";

describe("how far the router can be relied on is told in chat", () => {
  let office: Office;
  before(async function () {
    this.timeout(60_000);
    office = await openOffice();
  });
  after(() => office.close());

  const asks = async (name: string): Promise<string> => {
    const who = office.colleague(name);
    await who.says("reliability");
    return readable((await who.sees(/How far routing scores can be relied on/)).card);
  };

  it("before anybody spoke it says that nothing is known", async () => {
    const told = await asks("sofia.rossi");
    assert.match(told, /The fleet\n+nothing known yet/);
    assert.match(told, /Threshold\nNot enough yet: 0 are known, and about 125 more are needed/);
  });
  it("to the platform team: the fleet, each cluster, and how recognising went", async () => {
    const maya = office.colleague("maya.lindqvist");
    await maya.says("Which Fabrikam invoices are overdue?");
    await maya.sees(/Overdue invoices/);
    await maya.says("How many days of leave do I have left?");
    await maya.sees(/days of leave left/);
    const told = await asks("sofia.rossi");
    for (const group of ["The fleet", "Finance", "HR & Legal"])
      assert.match(told, new RegExp(`${group}\n100\\.0 % right\nKnown\n(2 of 2|1 of 1) decisions`));
    assert.match(told, /Drift\nNot enough yet \(2 scores of the last 7 days, 0 of the 28 before\)/);
    assert.match(told, /Shortlist\nWidened \d of 2 times/);
    assert.match(told, /Second opinion\nNobody else was asked/);
  });
  it("to the lead of a cluster: that one", async () => {
    const told = await asks("helena.okafor");
    assert.match(told, /Finance\n/);
    assert.doesNotMatch(told, /HR & Legal|The fleet\n/);
    assert.match(told, /Shortlist\nWidened \d of 2 times/);
    assert.match(await asks("erik.johansson"), /Nothing was meant for your clusters in the last 90 days/);
  });
  it("to nobody else: neither who owns an agent, nor who approves, nor a stranger", async () => {
    const others = ["jonas.weber", "maya.lindqvist"].map((name) => office.colleague(name));
    for (const who of [...others, office.stranger("Alex Unknown")]) {
      await who.says("reliability");
      await who.sees(/This is for those who answer for a cluster/);
    }
  });
  it("is a word on its own only: a sentence with it is routed", async () => {
    const sofia = office.colleague("sofia.rossi");
    await sofia.says("reliability of our printers is poor");
    await sofia.sees(/[\s\S]/);
    assert.ok(!sofia.all().some(({ card }) => /How far routing scores/.test(readable(card))));
  });
}).timeout(60_000);
