import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "mocha";
import { demandSignIn } from "../../src/bot/sign-in/open-sign-in.ts";
import { createUserTokens, type UserTokens } from "../../src/bot/sign-in/user-tokens.ts";
import { loadInventory } from "../../src/connector/inventory.ts";
import { loadDirectory } from "../../src/identity/directory.ts";

const inventory = loadInventory("manifest/connectors.json", loadDirectory("env/local/people.json"));
const chat = { serviceUrl: "https://smba.trafficmanager.net/", userId: "29:x", botId: "28:y", conversationId: "a:1" };

describe("signing in to the bot", () => {
  let server: Server;
  let tokens: UserTokens;
  let answer: { status: number; body: string };
  before(async () => {
    server = createServer((_, response) => {
      response.statusCode = answer.status;
      response.end(answer.body);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const service = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    tokens = createUserTokens({
      service,
      connection: "people",
      appId: "app",
      botToken: async () => "secret-of-the-bot",
    });
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  const fails = (work: Promise<unknown>) =>
    assert.rejects(work, (error: Error & { code?: string }) => {
      assert.equal(error.code, "sign-in-unavailable");
      assert.match(error.message, /SIGNALBOX_SIGN_IN_CONNECTION/);
      assert.doesNotMatch(`${error.message}${error.stack}${JSON.stringify(error)}`, /secret/);
      return true;
    });

  it("a service that knows no token of somebody has none, and that is no failure", async () => {
    answer = { status: 404, body: "{}" };
    assert.equal(await tokens.of("29:x"), undefined);
    assert.equal(await tokens.redeem("29:x", "1234"), false);
    assert.equal(await tokens.exchange("29:x", "secret-of-teams"), false);
  });

  for (const [what, status, body] of [
    ["fails", 500, "secret-of-the-bot"],
    ["says no to the bot", 401, "{}"],
    ["answers something else", 200, "<html>"],
    ["gives an empty token", 200, '{"token":""}'],
    ["sends the person to a page without encryption", 200, '{"signInLink":"http://evil.example/"}'],
  ] as const)
    it(`a service that ${what} is told apart from nobody having signed in, without what was sent`, async () => {
      answer = { status, body };
      await fails(tokens.of("29:x"));
      await fails(tokens.exchange("29:x", "secret-of-teams"));
      await fails(tokens.invite(chat));
    });

  it("a start that could ask nobody to sign in, where a system's tokens need it, is refused with the cure", () => {
    assert.throws(() => demandSignIn(undefined, inventory, ["erp", "hris"]), {
      code: "config-invalid",
      message: /hris .*set SIGNALBOX_SIGN_IN_CONNECTION/,
    });
    demandSignIn(undefined, inventory, ["erp"]);
    demandSignIn(tokens, inventory, ["erp", "hris"]);
  });
});
