import assert from "node:assert/strict";
import { createLog } from "../../src/telemetry/log.ts";

describe("the log", () => {
  const logged = (write: (log: ReturnType<typeof createLog>) => void): Record<string, unknown> => {
    const lines: string[] = [];
    write(createLog("info", { write: (line) => void lines.push(line) }));
    return JSON.parse(lines.join(""));
  };

  it("names nobody: people are pseudonyms, the same for the same person", () => {
    const upn = "maya.lindqvist@contoso.example";
    const first = logged((log) => log.info({ upn, runId: "r1" }, "a run begins"));
    const second = logged((log) => log.info({ upn: upn.toUpperCase() }, "it ends"));
    assert.match(String(first.upn), /^person:[0-9a-f]{16}$/);
    assert.equal(first.upn, second.upn);
    assert.notEqual(first.upn, logged((log) => log.info({ upn: "jonas.weber@contoso.example" }, "x")).upn);
    assert.deepEqual([first.runId, first.msg], ["r1", "a run begins"]);
  });

  it("quotes nobody: what people wrote and what systems gave is left out", () => {
    const line = logged((log) => log.info({ text: "my salary", args: { iban: "DE00" }, why: "no answer" }, "x"));
    assert.deepEqual([line.text, line.args, line.why], ["[not logged]", "[not logged]", "no answer"]);
  });

  it("tells an error of the database without the row that it refused", () => {
    const error = Object.assign(new Error("duplicate key"), { code: "23505", detail: "Key (upn)=(maya@x) exists." });
    const { err } = logged((log) => log.error({ err: error }, "x")) as { err: Record<string, unknown> };
    assert.deepEqual([err.message, err.code], ["duplicate key", "23505"]);
    assert.doesNotMatch(JSON.stringify(err), /maya/);
  });
});
