import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { openModel } from "../../src/agent/model/endpoint.ts";
import { readConfig } from "../../src/config.ts";

/** What an endpoint that answers like this is heard to say. */
async function heard(answer: (response: ServerResponse, request: IncomingMessage) => void) {
  const server: Server = createServer((request, response) => answer(response, request));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  try {
    return await openModel({ url, model: "m", key: "k3y", signIn: "bearer" }).ask(
      [{ role: "user", content: "Hi" }],
      [],
    );
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
// In two statements: restify, where a test has loaded it, lets writeHead return nothing.
const head = (status: number, headers: Record<string, string>, body?: string) => (response: ServerResponse) => {
  response.writeHead(status, headers);
  response.end(body);
};
const json = (body: unknown) => head(200, { "content-type": "application/json" }, JSON.stringify(body));

describe("a language model behind an endpoint", () => {
  it("is asked at /chat/completions with its key, and its words and wishes are read", async () => {
    let asked: unknown[] = [];
    const message = { content: null, tool_calls: [{ function: { name: "note", arguments: "{}" } }] };
    const said = await heard((response, { url, headers }) => {
      asked = [url, headers.authorization];
      json({ choices: [{ message }], usage: { total_tokens: 7 } })(response);
    });
    assert.deepEqual(asked, ["/v1/chat/completions", "Bearer k3y"]);
    assert.deepEqual(said, { text: "", calls: [{ name: "note", args: "{}" }], tokens: 7 });
  });

  for (const [what, answer, error] of [
    ["that answers with something else", json({ hello: 1 }), /no completion .*SIGNALBOX_MODEL_URL/],
    ["that answers with no JSON", (r: ServerResponse) => void r.end("<html>"), /no completion/],
    ["that answers without end", (r: ServerResponse) => void r.end("x".repeat(1_100_000)), /more than 1000000 bytes/],
    ["that does not know the key", head(401, {}), /401.*SIGNALBOX_MODEL_KEY/],
    ["that sends the key elsewhere", head(307, { location: "/other" }), /does not answer/],
    ["that hangs up", (r: ServerResponse) => void r.destroy(), /does not answer/],
  ] as const)
    it(`${what} is an error with its cure`, () => assert.rejects(heard(answer), error));

  for (const [what, environment, cure] of [
    ["a name alone", { SIGNALBOX_MODEL_NAME: "m" }, /SIGNALBOX_MODEL_URL: missing/],
    ["an address alone", { SIGNALBOX_MODEL_URL: "http://127.0.0.1/v1" }, /SIGNALBOX_MODEL_NAME: required/],
    [
      "a key in the open",
      { SIGNALBOX_MODEL_URL: "http://models.example/v1", SIGNALBOX_MODEL_NAME: "m", SIGNALBOX_MODEL_KEY: "k" },
      /must start with https/,
    ],
  ] as const)
    it(`is not configured by ${what}`, () => assert.throws(() => readConfig(environment), cure));
});
