import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { loadInventory } from "../../src/connector/inventory.ts";
import { systemNames } from "../../src/connector/system-names.ts";
import { loadPins } from "../../src/connector/tools/pins.ts";
import { directory, inventory, startCompany } from "./company.ts";

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

  const [first] = inventory.values();
  const faulty: [string, object, RegExp][] = [
    [
      "whose owner nobody knows",
      { owner: "nobody@contoso.example" },
      /crm: owner nobody@contoso\.example is no person/,
    ],
    ["whose owner is a mailbox", { owner: "accounts.payable@contoso.example" }, /is no person/],
    [
      "at a host that its own rule does not list",
      { endpoint: "https://crm.example/mcp" },
      /not at one of its egress hosts/,
    ],
    ["at an address that is none", { endpoint: "crm" }, /entry 0\.endpoint/],
    ["that may reach what is no block", { egress: { hosts: ["a"], privateAddresses: ["10.x"] } }, /10\.20\.0\.0\/16/],
    ["without scopes", { scopes: [] }, /entry 0\.scopes/],
    ["without an identity", { identity: undefined }, /entry 0\.identity/],
  ];
  for (const [what, change, told] of faulty)
    it(`refuses a system ${what}`, () => {
      assert.throws(load(JSON.stringify([{ ...first, ...change }])), told);
    });

  it("refuses two systems whose tools could be taken for each other's", () => {
    assert.throws(load(JSON.stringify([first, { ...first, system: "cr-m" }])), /cr-m looks like crm: rename one/);
  });

  it("keeps an owner who has left: the platform team is asked in their place", () => {
    const gone = directory.people.find(({ kind, enabled }) => kind === "person" && !enabled);
    assert.ok(gone);
    assert.doesNotThrow(load(JSON.stringify([{ ...first, owner: gone.upn }])));
  });
});

describe("the pins of the sample company", () => {
  it("are what its systems offer: nothing is in quarantine, and every tool is there", async () => {
    const company = await startCompany();
    const pins = loadPins("manifest/pins", inventory);
    const offered = company.connectors.tools().map(({ name }) => name);
    assert.deepEqual(offered.sort(), pins.map(({ system, tool }) => `${system}.${tool}`).sort());
    const { rowCount } = await company.pool.query("select 1 from tool_review");
    assert.equal(rowCount, 0);
    await company.stop();
  });

  it("with two tools that look alike are refused at the start, naming both", () => {
    const pins = mkdtempSync(join(tmpdir(), "pins-"));
    const tool = (name: string) => ({ name, inputSchema: { type: "object" } });
    writeFileSync(join(pins, "crm.json"), JSON.stringify({ system: "crm", tools: [tool("get_bill")] }));
    writeFileSync(join(pins, "erp.json"), JSON.stringify({ system: "erp", tools: [tool("get-BiIl")] }));
    assert.throws(() => loadPins(pins, inventory), /erp\.get-BiIl can be taken for crm\.get_bill/);
    writeFileSync(join(pins, "erp.json"), "{");
    assert.throws(() => loadPins(pins, inventory), /erp\.json cannot be used: it cannot be read.*npm run pins/s);
    rmSync(pins, { recursive: true });
  });
});
