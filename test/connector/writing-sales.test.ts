import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type Data, visitCompany } from "./visit.ts";

describe("writing what sales keeps", () => {
  const { company, read, write, newKey, refused } = visitCompany();
  const dayIn = async (days: number) =>
    (await company().pool.query<{ day: string }>("select (current_date + $1::int)::text as day", [days])).rows[0]?.day;

  describe("a quote", () => {
    const args = { customer: "Litware", product: "Ring Scanner", quantity: 12, discount: 12.5 };

    it("is made once for its key at the list price less the discount, and stands under the account manager", async () => {
      const key = newKey();
      const made = await write("crm.create_quote", args, key);
      assert.deepEqual([made.total, made.valid_until], ["4305.00", await dayIn(30)]);
      assert.deepEqual(await write("crm.create_quote", args, key), made);
      const quote = await read("crm.get_quote", { quote_id: made.quote_id });
      assert.deepEqual([quote.owner_name, quote.status, quote.list_total], ["Hannah Schulz", "open", "4920.00"]);
    });

    it("is withdrawn and made to stand again, however often", async () => {
      const { quote_id } = await write("crm.create_quote", args);
      const status = async () => (await read("crm.get_quote", { quote_id })).status;
      for (const changed of [true, false])
        assert.equal((await write("crm.withdraw_quote", { quote_id, reason: "typing error" })).changed, changed);
      assert.equal(await status(), "withdrawn");
      for (const changed of [true, false])
        assert.equal((await write("crm.reinstate_quote", { quote_id })).changed, changed);
      assert.equal(await status(), "open");
    });

    it("gives no more discount than the price list allows", () =>
      refused(write("crm.create_quote", { ...args, discount: 15.1 }), /more than the 15 % .* on Ring Scanner/));

    it("is not made for somebody or something unknown, nor for a part of a piece", async () => {
      await refused(write("crm.create_quote", { ...args, customer: "Nobody Ltd" }), /no customer/);
      await refused(write("crm.create_quote", { ...args, product: "Moon Rocket" }), /no product/);
      await refused(write("crm.create_quote", { ...args, quantity: 1.5 }), /did not accept/);
      await refused(write("crm.create_quote", { ...args, quantity: 0 }), /did not accept/);
    });

    it("that was answered cannot be withdrawn", () =>
      refused(write("crm.withdraw_quote", { quote_id: "QUO-814" }), /was accepted by Relecloud/));
  });

  describe("a lead", () => {
    it("is given to a salesperson once for its key, and given back to nobody, however often", async () => {
      const key = newKey();
      const args = { lead_id: "LEAD-305", owner: "Fatima Zahra" };
      const given = await write("crm.assign_lead", args, key);
      assert.deepEqual(await write("crm.assign_lead", args, key), given);
      assert.deepEqual(given.after, { owner_name: "Fatima Zahra", status: "assigned" });
      for (const changed of [true, false])
        assert.equal((await write("crm.return_lead", { assignment_id: given.assignment_id })).changed, changed);
      const { owner, status } = await read("crm.get_lead", { lead_id: "LEAD-305" });
      assert.deepEqual([owner, status], [null, "new"]);
    });

    it("goes back to whoever had it, and stays qualified in other hands", async () => {
      const { assignment_id, after } = await write("crm.assign_lead", { lead_id: "LEAD-326", owner: "Ben Carter" });
      assert.deepEqual(after, { owner_name: "Ben Carter", status: "qualified" });
      const back = await write("crm.return_lead", { assignment_id });
      assert.deepEqual(back.after, { owner_name: "Julia Kowalska", status: "qualified" });
    });

    it("that went on to somebody else is not taken from them", async () => {
      const { assignment_id } = await write("crm.assign_lead", { lead_id: "LEAD-306", owner: "Ben Carter" });
      await write("crm.assign_lead", { lead_id: "LEAD-306", owner: "Julia Kowalska" });
      await refused(write("crm.return_lead", { assignment_id }), /went on to Julia Kowalska/);
    });

    it("that was rejected is given to nobody, and none to somebody unknown", async () => {
      await refused(write("crm.assign_lead", { lead_id: "LEAD-330", owner: "Ben Carter" }), /was rejected/);
      await refused(write("crm.assign_lead", { lead_id: "LEAD-304", owner: "Noah Fischer" }), /no salesperson/);
      await refused(write("crm.assign_lead", { lead_id: "LEAD-999", owner: "Ben Carter" }), /no lead LEAD-999/);
    });
  });

  describe("a deal", () => {
    const standing = async (opportunity_id: string) => {
      const { stage, probability, close_date } = await read("crm.get_opportunity", { opportunity_id });
      return { stage, probability, close_date };
    };

    it("is moved to another stage once for its key, and put back with its former chance, however often", async () => {
      const before = await standing("OPP-5012");
      const key = newKey();
      const args = { opportunity_id: "OPP-5012", stage: "propose" };
      const moved = await write("crm.set_opportunity_stage", args, key);
      assert.deepEqual(await write("crm.set_opportunity_stage", args, key), moved);
      assert.deepEqual(await standing("OPP-5012"), { ...before, stage: "propose", probability: 50 });
      const { changes } = await read("crm.list_stage_changes", { opportunity_id: "OPP-5012" });
      assert.equal((changes as Data[])[0]?.by_name, "Agent");
      for (const changed of [true, false])
        assert.equal((await write("crm.restore_opportunity_stage", { change_id: moved.change_id })).changed, changed);
      assert.deepEqual(await standing("OPP-5012"), before);
    });

    it("that is closed is not moved, nor to where it is, nor back once it has gone on", async () => {
      await refused(write("crm.set_opportunity_stage", { opportunity_id: "OPP-5007", stage: "propose" }), /is won/);
      await refused(write("crm.set_opportunity_stage", { opportunity_id: "OPP-5009", stage: "propose" }), /is lost/);
      await refused(write("crm.set_opportunity_stage", { opportunity_id: "OPP-5013", stage: "propose" }), /already/);
      const first = await write("crm.set_opportunity_stage", { opportunity_id: "OPP-5032", stage: "propose" });
      await write("crm.set_opportunity_stage", { opportunity_id: "OPP-5032", stage: "negotiate" });
      await refused(write("crm.restore_opportunity_stage", { change_id: first.change_id }), /gone on to negotiate/);
    });

    it("the opening of a deal is no move that can be taken back", () =>
      refused(write("crm.restore_opportunity_stage", { change_id: "STG-2001" }), /no move STG-2001/));

    it("gets another close date once for its key, and the former one back, however often", async () => {
      const before = await standing("OPP-5024");
      const key = newKey();
      const args = { opportunity_id: "OPP-5024", close_date: await dayIn(60), reason: "their board meets later" };
      const moved = await write("crm.set_close_date", args, key);
      assert.deepEqual(await write("crm.set_close_date", args, key), moved);
      assert.deepEqual(moved.before, { close_date: before.close_date });
      assert.equal((await standing("OPP-5024")).close_date, args.close_date);
      for (const changed of [true, false])
        assert.equal((await write("crm.restore_close_date", { change_id: moved.change_id })).changed, changed);
      assert.deepEqual(await standing("OPP-5024"), before);
    });

    it("closes on no day that has passed, and a closed one on no other day", async () => {
      const move = async (opportunity_id: string, days: number) =>
        write("crm.set_close_date", { opportunity_id, close_date: await dayIn(days), reason: "x" });
      await refused(move("OPP-5024", -1), /in the past/);
      await refused(move("OPP-5007", 30), /is won/);
    });

    it("whose close date went on is not put back over the later one", async () => {
      const move = async (days: number) =>
        write("crm.set_close_date", { opportunity_id: "OPP-5033", close_date: await dayIn(days), reason: "x" });
      const first = await move(70);
      await move(80);
      await refused(write("crm.restore_close_date", { change_id: first.change_id }), /moved on/);
    });
  });
});
