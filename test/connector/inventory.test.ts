import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { loadInventory } from "../../src/connector/inventory.ts";
import { systemNames } from "../../src/connector/system-names.ts";
import { directory, inventory } from "./company.ts";

describe("the inventory of connectors", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "inventory-"));
  });
  after(() => rmSync(folder, { recursive: true }));
  const load = (text: string) => {
    const file = join(folder, "connectors.json");
    writeFileSync(file, text);
    return () => loadInventory(file, directory);
  };

  it("names every system of the sample company, each with an owner who is a person", () => {
    for (const system of systemNames) {
      const owner = directory.byUpn(inventory.get(system)?.owner ?? "");
      assert.ok(owner?.kind === "person" && owner.enabled, system);
    }
  });

  it("with errors is refused, naming entry, field and cure", () => {
    assert.throws(load("{"), /is not valid JSON: mend it/);
    assert.throws(load('[{"system": "crm"}]'), /entry 0\.owner/);
    const [first] = inventory.values();
    assert.throws(load(JSON.stringify([first, first])), /names a system twice/);
    assert.throws(() => loadInventory(join(folder, "missing.json"), directory), /cannot be read/);
  });
});
