import assert from "node:assert/strict";
import { redact } from "../../src/connector/redact.ts";

describe("what an outside system says when it fails", () => {
  const secrets: [string, string, RegExp][] = [
    ["a password", "login failed: password=hunter2", /hunter2/],
    ["a header", "sent Authorization: Bearer abc.def-123456", /abc\.def/],
    ["a login in an address", "cannot reach postgres://app:s3cret@db/x", /s3cret/],
    ["a token", "got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl back", /eyJ/],
    ["a storage key", "AccountName=a;AccountKey=Zm9vYmFyYmF6;EndpointSuffix=core", /Zm9v/],
    ["a signed address", "GET /blob?sv=2024&sig=q1w2e3r4&se=2026", /q1w2/],
    ["a private key", "bad key -----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY----- here", /MIIE/],
    ["a private key that is cut off", "-----BEGIN PRIVATE KEY-----\nMIIEow", /MIIE/],
    ["a key in JSON", '{"api_key": "k-123456", "id": 7}', /k-123/],
  ];
  for (const [what, text, secret] of secrets)
    it(`is told without ${what}`, () => {
      assert.match(text, secret);
      assert.doesNotMatch(redact(text), secret);
    });

  it("keeps what helps, on one line, without hidden signs, and not for pages", () => {
    assert.equal(redact("invoice INV-7 is\n\u202elocked"), "invoice INV-7 is locked");
    assert.equal(redact("x".repeat(9_000)).length, 500);
  });
});
