import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { bindChannel } from "../../src/bot/conversations.ts";
import { LOCAL_TENANT } from "../../src/config.ts";
import { transaction } from "../../src/store/pool.ts";
import { buttonsOf, readable } from "../support/card-content.ts";
import { type Colleague, type Office, openOffice } from "../support/office.ts";

const ROOM = "19:people-of-finance@thread.tacv2";

describe("S8: a person, please", () => {
  let office: Office;
  let maya: Colleague;
  let jonas: Colleague;
  let room: Colleague;
  beforeEach(async function () {
    this.timeout(60_000);
    office = await openOffice();
    await office.installInChannel(ROOM, "Payments corner");
    const sofia = office.colleague("sofia.rossi", { channel: ROOM });
    await sofia.says("use this channel for finance");
    await sofia.sees(/called here from now on/);
    maya = office.colleague("maya.lindqvist");
    jonas = office.colleague("jonas.weber");
    room = office.colleague("jonas.weber", { channel: ROOM });
  });
  afterEach(() => office.close());

  it("the cluster's channel gets a card, one claims, both talk through the bot, it is resolved, and the bot is back", async () => {
    await maya.says("talk to a human in finance");
    await maya.sees(/I have asked the people of Finance/);
    const card = await room.sees(/Maya Lindqvist/);
    assert.equal((await jonas.clicks(card, "Claim")).statusCode, 200);
    await maya.sees(/Jonas Weber/);
    await maya.says("The Fabrikam statement looks wrong to me");
    await jonas.sees(/Maya Lindqvist: The Fabrikam statement looks wrong to me/);
    await jonas.says("Which line do you mean?");
    await maya.sees(/Jonas Weber: Which line do you mean\?/);
    await jonas.says("resolve explained the discount");
    await maya.sees(/explained the discount|resolved/i);
    await maya.says("Which Fabrikam invoices are overdue?");
    await maya.sees(/Overdue invoices/);
    await room.sees(/Resolved|resolved/);
  });

  it("only the first one who claims gets it, and only people of the cluster may", async () => {
    await maya.says("talk to a human in finance");
    const card = await room.sees(/Maya Lindqvist/);
    const noah = await office.colleague("noah.fischer").clicks(card, "Claim");
    assert.equal(noah.statusCode, 403);
    const priya = office.colleague("priya.nair");
    const [first, second] = await Promise.all([jonas.clicks(card, "Claim"), priya.clicks(card, "Claim")]);
    assert.deepEqual([first.statusCode, second.statusCode].sort(), [200, 409]);
  });

  it("where no agent is sure enough, people are asked, and the requester reads why", async () => {
    await maya.says("Block invoice INV-20007 because of a wrong amount");
    const { card } = await maya.sees(/I have asked the people of Finance/);
    assert.match(
      readable(card),
      /^No agent of the cluster is sure enough \\\(0\.[0-7]\d, 0\.80 is needed\\\)\. The first/m,
    );
    await room.sees(/No agent of the cluster is sure enough/);
  });

  it("somebody whose cluster nobody knows picks it from a card", async () => {
    await maya.says("can I talk to a human please");
    const choice = await maya.sees(/Finance/);
    assert.ok(buttonsOf(choice.card).length >= 4);
    await maya.clicks(choice, /Finance/);
    await room.sees(/Maya Lindqvist/);
  });

  it("when two channels are named for a cluster at the same moment, the later one has it, and nothing goes wrong", async () => {
    const [first, second] = ["19:first@thread.v2", "19:second@thread.v2"] as const;
    for (const each of [first, second]) await office.installInChannel(each, "Another corner");
    const tenantId = LOCAL_TENANT;
    let later: Promise<void> | undefined;
    await transaction(office.pool, async (tx) => {
      await bindChannel(tx, tenantId, first, "finance", "move");
      later = transaction(office.pool, (other) => bindChannel(other, tenantId, second, "finance", "move"));
      await Promise.race([later, setTimeout(200)]);
    });
    await later;
    const { rows } = await office.pool.query("select conversation_id from conversation where cluster_id = 'finance'");
    assert.deepEqual(rows, [{ conversation_id: second }]);
  });

  it("only the platform team says which channel is whose", async () => {
    await room.says("use this channel for sales");
    await room.sees(/You cannot do this/);
  });

  it("a responder without the channel open finds it under my approvals", async () => {
    await maya.says("talk to a human in finance");
    await room.sees(/Maya Lindqvist/);
    await jonas.says("my approvals");
    const list = await jonas.sees(/Maya Lindqvist waits for a person/);
    assert.equal((await jonas.clicks(list, "Claim")).statusCode, 200);
  });

  it("words that sound like commands still go to the person one talks with", async () => {
    await maya.says("talk to a human in finance");
    await jonas.clicks(await room.sees(/Maya Lindqvist/), "Claim");
    await maya.sees(/Jonas Weber/);
    await maya.says("hello");
    await jonas.sees(/Maya Lindqvist: hello/);
    assert.equal(
      maya.all().some(({ card }) => /I am Signalbox/.test(readable(card))),
      false,
    );
  });
});
