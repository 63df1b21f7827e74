import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { Decimal } from "decimal.js";
import { describe, it } from "mocha";
import { tables } from "../../src/connector/sample/seed.ts";
import { systemNames } from "../../src/connector/system-names.ts";
import { loadDirectory } from "../../src/identity/directory.ts";

type Row = Record<string, string>;
const rows = (table: string) => JSON.parse(readFileSync(`env/local/data/${table}.json`, "utf8")) as Row[];
const directory = loadDirectory("env/local/people.json");

describe("the data of the sample company", () => {
  it("the same company has the same name, country and VAT number in every system", () => {
    const key = ({ name, country, vat_number }: Row) => `${name}|${country}|${vat_number}`;
    const customers = rows("crm/customer").map(key);
    assert.equal(customers.length, 40);
    assert.deepEqual(rows("erp/client").map(key), customers);
    assert.deepEqual(rows("itsm/account").map(key), customers);
  });

  it("every person in a system is in the directory, under the same name", () => {
    for (const table of ["crm/person", "erp/person", "itsm/person", "hris/employee"])
      for (const { upn = "", name, manager } of rows(table)) {
        const person = directory.byUpn(upn);
        assert.deepEqual([person?.name, person?.kind, person?.enabled], [name, "person", true], upn);
        if (manager !== undefined) assert.equal(manager, person?.manager, upn);
      }
  });

  it("the directory has a tree of managers, two entries that are no people and one who left", () => {
    const people = directory.people.filter((one) => one.kind === "person");
    assert.equal(directory.people.length - people.length, 2);
    assert.equal(people.filter((one) => !one.enabled).length, 1);
    for (const person of people) {
      const seen = new Set<string>();
      for (let at: string | null | undefined = person.upn; at != null; at = directory.byUpn(at)?.manager) {
        assert.ok(!seen.has(at) && directory.byUpn(at)?.enabled !== undefined, `${person.upn} via ${at}`);
        seen.add(at);
      }
    }
  });

  it("what was credited on an invoice is the sum of its valid credit notes", () => {
    const credited = new Map<string, Decimal>();
    for (const { invoice_id = "", amount = "", status } of rows("erp/credit_note"))
      if (status === "issued") credited.set(invoice_id, new Decimal(amount).plus(credited.get(invoice_id) ?? 0));
    for (const { invoice_id = "", credited_amount } of rows("erp/invoice"))
      assert.equal(credited_amount, (credited.get(invoice_id) ?? new Decimal(0)).toFixed(2), invoice_id);
  });

  it("every data file is loaded into a table", () => {
    for (const system of systemNames)
      assert.deepEqual(
        readdirSync(`env/local/data/${system}`).sort(),
        tables[system].map((table) => `${table}.json`).sort(),
      );
  });

  it("the channels hold people of the directory, and each cluster has its approvers and its lead there", () => {
    const { channels } = JSON.parse(readFileSync("env/local/channels.json", "utf8")) as {
      channels: { clusterId: string; members: string[] }[];
    };
    assert.deepEqual(channels.map((one) => one.clusterId).sort(), ["finance", "hr-legal", "it-security", "sales"]);
    for (const { clusterId, members } of channels) {
      const roles = members.flatMap((upn) => directory.byUpn(upn)?.roles ?? []);
      for (const role of [`${clusterId}-approver`, `${clusterId}-responder`, `cluster-lead-${clusterId}`])
        assert.ok(roles.includes(role), role);
    }
  });
});
