import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "mocha";

type Row = Record<string, string | number | null>;
const rows = (table: string) => JSON.parse(readFileSync(`env/local/data/crm/${table}.json`, "utf8")) as Row[];
const dayOf = (value: unknown) => Number(String(value).replace("day", ""));
const byKey = (table: string, key: string) => new Map(rows(table).map((row) => [row[key], row]));
const isClosed = ({ stage }: Row) => stage === "won" || stage === "lost";

describe("what the sample company's sales department keeps agrees with itself", () => {
  it("the latest change of a price led to the price of today", () => {
    const latest = new Map<unknown, Row>();
    for (const change of rows("price_change")) {
      const known = latest.get(change.product_id);
      if (known === undefined || dayOf(change.changed_on) > dayOf(known.changed_on))
        latest.set(change.product_id, change);
    }
    const products = byKey("product", "product_id");
    assert.ok(latest.size > 10);
    for (const [id, { to_price }] of latest) assert.equal(to_price, products.get(String(id))?.list_price, String(id));
  });

  it("no quote gives more discount than its product allows, and each stands under its account manager", () => {
    const products = byKey("product", "product_id");
    for (const { quote_id, product_id, discount } of rows("quote_line"))
      assert.ok(Number(discount) <= Number(products.get(product_id ?? "")?.max_discount), String(quote_id));
    const customers = byKey("customer", "customer_id");
    for (const { quote_id, customer_id, owner } of rows("quote"))
      assert.equal(owner, customers.get(customer_id ?? "")?.account_manager, String(quote_id));
  });

  it("the last stage that an opportunity went to is the one that it is in", () => {
    const last = new Map<unknown, Row>();
    for (const change of rows("stage_change")) {
      const before = last.get(change.opportunity_id);
      assert.equal(change.from_stage, before?.to_stage ?? null, String(change.change_id));
      assert.ok(before === undefined || dayOf(before.changed_on) < dayOf(change.changed_on), String(change.change_id));
      last.set(change.opportunity_id, change);
    }
    const deals = byKey("opportunity", "opportunity_id");
    for (const [id, { to_stage }] of last) assert.equal(to_stage, deals.get(String(id))?.stage, String(id));
  });

  it("why it was decided is known of every closed opportunity, and of no other; next steps are of open ones", () => {
    const closed = rows("opportunity").filter(isClosed);
    const ids = (list: Row[]) => list.map(({ opportunity_id }) => String(opportunity_id)).sort();
    assert.deepEqual(ids(rows("deal_outcome")), ids(closed));
    const done = new Set(ids(closed));
    assert.deepEqual(
      ids(rows("next_step")).filter((id) => done.has(id)),
      [],
    );
  });

  it("a lead has an owner when somebody works on it, and none while it is new", () => {
    for (const { lead_id, status, owner } of rows("lead"))
      if (status !== "rejected") assert.equal(owner === null, status === "new", String(lead_id));
  });

  it("partners of one tier have one margin, and a higher tier a higher one", () => {
    const margins = new Map(rows("partner").map(({ tier, margin_percent }) => [tier, Number(margin_percent)]));
    for (const { name, tier, margin_percent } of rows("partner"))
      assert.equal(margin_percent, margins.get(tier ?? ""), String(name));
    const climbing = ["registered", "silver", "gold", "platinum"].map((tier) => margins.get(tier) ?? 0);
    assert.deepEqual(
      climbing,
      [...climbing].sort((a, b) => a - b),
    );
  });
});
