import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sinon from "sinon";
import type { Person } from "../../src/identity/directory.ts";
import { followDirectory } from "../../src/identity/follow-directory.ts";
import { createLog } from "../../src/telemetry/log.ts";

describe("the people directory, while it runs", () => {
  const folder = mkdtempSync(join(tmpdir(), "signalbox-people-"));
  const file = join(folder, "people.json");
  const log = createLog("silent");
  const told = sinon.stub(log, "error");
  copyFileSync("env/local/people.json", file);
  const following = followDirectory(file, log);
  const { directory, look } = following;
  after(async () => {
    await following.stop();
    rmSync(folder, { recursive: true });
  });
  const change = (edit: (people: Person[]) => Person[]): void => {
    writeFileSync(file, JSON.stringify(edit(JSON.parse(readFileSync(file, "utf8")))));
    look();
  };
  const jonas = (): Person | undefined => directory.byUpn("jonas.weber@contoso.example");

  it("whoever leaves is gone, and whoever gets a role has it", () => {
    const id = jonas()?.aadObjectId;
    change((people) =>
      people.map((one) => ({
        ...one,
        enabled: one.givenName !== "Jonas",
        roles: one.givenName === "Noah" ? ["platform"] : one.roles,
      })),
    );
    assert.deepEqual([jonas()?.enabled, directory.byId(id), directory.named("Jonas Weber")], [false, undefined, []]);
    assert.deepEqual(directory.byUpn("noah.fischer@contoso.example")?.roles, ["platform"]);
    assert.ok(directory.people.some(({ givenName, enabled }) => givenName === "Jonas" && !enabled));
  });

  it("a file that is broken or gone changes nothing, and is told of once", () => {
    const { length } = directory.people;
    for (const broken of ["[", "[{}]", "{}"]) {
      writeFileSync(file, broken);
      look();
      look();
    }
    rmSync(file);
    look();
    look();
    assert.equal(directory.people.length, length);
    assert.equal(told.callCount, 4);
    copyFileSync("env/local/people.json", file);
    look();
    assert.equal(jonas()?.enabled, true, "mended, it counts again");
  });
});
