import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Environment, readConfig } from "../../src/config.ts";

describe("env/.env.example", () => {
  const lines = readFileSync("env/.env.example", "utf8").split("\n");
  const example = Object.fromEntries(
    lines.filter((line) => /^[A-Z_]+=/.test(line)).map((line) => line.split("=", 2) as [string, string]),
  );

  it("names every variable that is read, and no other", () => {
    assert.deepEqual(Object.keys(example).sort(), Object.keys(Environment.shape).sort());
  });
  it("explains each of them in the line before", () => {
    for (const name of Object.keys(example)) {
      const at = lines.findIndex((line) => line.startsWith(`${name}=`));
      assert.match(lines[at - 1] ?? "", /^# .{10,}/, name);
    }
  });
  it("shows the defaults: reading it gives what reading nothing gives", () => {
    assert.deepEqual(readConfig(example), readConfig({}));
  });
});

describe("the configuration", () => {
  const teams = {
    MICROSOFT_APP_ID: "11111111-1111-4111-8111-111111111111",
    MICROSOFT_APP_TENANT_ID: "22222222-2222-4222-8222-222222222222",
  };
  for (const [what, environment, expected] of [
    ["a secret without an app id", { MICROSOFT_APP_PASSWORD: "x" }, /MICROSOFT_APP_ID: missing/],
    [
      "an app id without a tenant",
      { MICROSOFT_APP_ID: teams.MICROSOFT_APP_ID, MICROSOFT_APP_PASSWORD: "x" },
      /MICROSOFT_APP_TENANT_ID: required/,
    ],
    ["an app id without a secret", teams, /MICROSOFT_APP_PASSWORD: required/],
    [
      "a managed identity with a secret",
      { ...teams, MICROSOFT_APP_TYPE: "UserAssignedMSI", MICROSOFT_APP_PASSWORD: "x" },
      /must be empty/,
    ],
    [
      "an unknown type",
      { ...teams, MICROSOFT_APP_TYPE: "MultiTenant", MICROSOFT_APP_PASSWORD: "x" },
      /MICROSOFT_APP_TYPE/,
    ],
    ["an embedding key without an address", { SIGNALBOX_EMBEDDING_KEY: "k" }, /SIGNALBOX_EMBEDDING_URL: missing/],
    [
      "an embedding endpoint without a model",
      { SIGNALBOX_EMBEDDING_URL: "https://api.openai.com/v1" },
      /SIGNALBOX_EMBEDDING_MODEL: required/,
    ],
    [
      "the address of the request itself",
      { SIGNALBOX_EMBEDDING_URL: "https://api.openai.com/v1/embeddings", SIGNALBOX_EMBEDDING_MODEL: "m" },
      /without \/embeddings/,
    ],
    [
      "a key that would be sent in the open",
      {
        SIGNALBOX_EMBEDDING_URL: "http://ai.contoso.com/v1",
        SIGNALBOX_EMBEDDING_MODEL: "m",
        SIGNALBOX_EMBEDDING_KEY: "k",
      },
      /SIGNALBOX_EMBEDDING_URL: must start with https/,
    ],
    ["no address at all", { SIGNALBOX_EMBEDDING_URL: "ollama" }, /SIGNALBOX_EMBEDDING_URL/],
    ["a search key without an address", { SIGNALBOX_SEARCH_KEY: "k" }, /SIGNALBOX_SEARCH_ENDPOINT: missing/],
    ["a search service in the open", { SIGNALBOX_SEARCH_ENDPOINT: "http://x.search.windows.net" }, /https/],
    ["an index that cannot be named so", { SIGNALBOX_SEARCH_INDEX: "Intents" }, /SIGNALBOX_SEARCH_INDEX: must be/],
    ["a deadline that is none", { SIGNALBOX_ROUTING_DEADLINE_MS: "soon" }, /SIGNALBOX_ROUTING_DEADLINE_MS/],
    ["a share that is none", { SIGNALBOX_ROUTING_OUTSIDE_SHARE: "18" }, /SIGNALBOX_ROUTING_OUTSIDE_SHARE/],
    ["a secret for alerts that can be guessed", { SIGNALBOX_ALERT_SECRET: "secret" }, /at least 32 characters/],
    ["a sign-in of people without an app id", { SIGNALBOX_SIGN_IN_CONNECTION: "x" }, /needs MICROSOFT_APP_ID/],
    ["another database", { DATABASE_URL: "mysql://x" }, /DATABASE_URL: must start with postgres/],
  ] as const)
    it(`refuses ${what}`, () => {
      assert.throws(() => readConfig(environment), expected);
    });
  it("signs in at an embedding endpoint as that wants it", () => {
    const signIn = (SIGNALBOX_EMBEDDING_URL: string, key = "") =>
      readConfig({ SIGNALBOX_EMBEDDING_URL, SIGNALBOX_EMBEDDING_MODEL: "m", SIGNALBOX_EMBEDDING_KEY: key }).routing
        .embedding?.signIn;
    assert.equal(signIn("https://api.openai.com/v1", "k"), "bearer");
    assert.equal(signIn("https://contoso.openai.azure.com/openai/v1", "k"), "api-key");
    assert.equal(signIn("https://contoso.services.ai.azure.com/openai/v1/"), "entra");
    assert.equal(signIn("http://ollama:11434/v1"), "none");
  });
  it("is one frozen object", () => assert.ok(Object.isFrozen(readConfig({}))));
});
