import assert from "node:assert/strict";
import sinon from "sinon";
import type { Activity } from "../../src/bot/activity.ts";
import { createBacklog } from "../../src/bot/backlog.ts";
import type { Channel } from "../../src/bot/channel.ts";
import { createLog } from "../../src/telemetry/log.ts";

const activity = {
  ...{ type: "message", id: "1", channelId: "msteams", serviceUrl: "http://localhost/", from: { id: "29:x" } },
  ...{ recipient: { id: "28:y" }, conversation: { id: "a:1" } },
} as Activity;
const away = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });

describe("messages in an outage of the database", () => {
  let clock: sinon.SinonFakeTimers;
  let said: string[];
  let backlog: ReturnType<typeof createBacklog>;
  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "Date"] });
    said = [];
    const channel: Channel = {
      post: async (_address, message) => {
        said.push(String(message.text));
        return { sent: true, activityId: "m" };
      },
      update: () => assert.fail(),
      open: () => assert.fail(),
    };
    backlog = createBacklog({ channel, log: createLog("silent") });
  });
  afterEach(() => clock.restore());

  it("are held, told once, and dealt with when it is over", async () => {
    const work = sinon.stub().rejects(away);
    const kept = backlog.keep(activity, work);
    await clock.tickAsync(10_000);
    await kept;
    assert.equal(said.length, 1);
    assert.match(said[0] ?? "", /cannot be reached/);
    work.resolves();
    await clock.tickAsync(2_000);
    const calls = work.callCount;
    await clock.tickAsync(60_000);
    assert.equal(work.callCount, calls, "dealt with once");
    assert.equal(said.length, 1);
  });

  it("are given up after three minutes when they are only in memory, and their sender is told", async () => {
    const work = sinon.stub().rejects(away);
    void backlog.keep(activity, work);
    await clock.tickAsync(4 * 60_000);
    assert.match(said.at(-1) ?? "", /had to give up[\s\S]*Nothing was done/);
    const calls = work.callCount;
    await clock.tickAsync(60_000);
    assert.equal(work.callCount, calls);
  });

  it("are not acknowledged for some seconds: should the process die meanwhile, the channel knows that they were not taken", async () => {
    const acknowledged = sinon.stub();
    const work = sinon.stub().rejects(away);
    void backlog.keep(activity, work).then(acknowledged);
    await clock.tickAsync(5_000);
    assert.equal(acknowledged.callCount, 0);
    work.resolves();
    await clock.tickAsync(1_000);
    assert.equal(acknowledged.callCount, 1, "at once when they are stored");
    void backlog.keep(activity, sinon.stub().rejects(away)).then(acknowledged);
    await clock.tickAsync(9_000);
    assert.equal(acknowledged.callCount, 2, "a channel waits 15 s at most");
  });

  it("are never given up once they are stored", async () => {
    const work = sinon.stub().rejects(away);
    const done = backlog.outlast(activity, work);
    await clock.tickAsync(30 * 60_000);
    work.resolves();
    await clock.tickAsync(2_000);
    await done;
    assert.equal(said.length, 1);
  });

  it("a fault that is no outage is not held", async () => {
    await assert.rejects(
      backlog.keep(activity, () => Promise.reject(new Error("a fault"))),
      /a fault/,
    );
    assert.deepEqual(said, []);
  });
});
