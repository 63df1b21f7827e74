import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type Data, visitCompany } from "./visit.ts";

describe("writing to human resources", () => {
  const visit = visitCompany();
  const { newKey, refused } = visit;
  const write = (name: string, args: Data, key?: string) => visit.write(`hris.${name}`, args, key);
  const read = (name: string, args: Data) => visit.read(`hris.${name}`, args);
  const seatsLeft = async (course: string) => (await read("get_course", { course })).seats_left;

  it("a place on a course takes a seat once, however often the same key comes, and giving it back frees the seat", async () => {
    const key = newKey();
    const args = { course: "CRS-210", employee: "Noah Fischer" };
    const first = await write("enrol_on_course", args, key);
    assert.deepEqual([first.before, first.after], [{ seats_left: 15 }, { seats_left: 14 }]);
    assert.deepEqual(await write("enrol_on_course", args, key), first);
    assert.equal(await seatsLeft("CRS-210"), 14);
    await refused(write("enrol_on_course", args), /Noah Fischer has a place on Power BI Dashboards/);
    const { enrolment_id } = first;
    for (const changed of [true, false])
      assert.equal((await write("withdraw_from_course", { enrolment_id })).changed, changed);
    assert.equal(await seatsLeft("CRS-210"), 15);
    assert.equal((await write("enrol_on_course", args)).changed, true);
  });

  it("the last seat goes to one of two who ask at once", async () => {
    const names = ["Ben Carter", "Wei Zhang"];
    const places = await write("enrol_on_course", { course: "CRS-209", employee: "Maya Lindqvist" });
    assert.deepEqual(places.after, { seats_left: 0 });
    await write("withdraw_from_course", { enrolment_id: places.enrolment_id });
    const outcomes = await Promise.allSettled(
      names.map((employee) => write("enrol_on_course", { course: "CRS-209", employee })),
    );
    assert.deepEqual(outcomes.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    assert.equal(await seatsLeft("CRS-209"), 0);
  });

  for (const [what, args, told] of [
    ["a course that is full", { course: "Fire Wardens", employee: "Ben Carter" }, /All 3 seats of Fire Wardens/],
    ["a course that has begun", { course: "CRS-216", employee: "Ben Carter" }, /began on/],
    ["a course that does not exist", { course: "CRS-999", employee: "Ben Carter" }, /no course "CRS-999"/],
    ["somebody who does not exist", { course: "CRS-210", employee: "Zacharias" }, /no employee "Zacharias"/],
  ] as const)
    it(`refuses ${what}`, () => refused(write("enrol_on_course", args), told));

  it("refuses to withdraw a place that nobody has", () =>
    refused(write("withdraw_from_course", { enrolment_id: "ENR-1" }), /no enrolment ENR-1/));

  it("cancelled leave is booked again as it was, however often, and costs the same days", async () => {
    const employee = "noah.fischer@contoso.example";
    const before = await read("get_leave_balance", { employee });
    const cancelled = await write("cancel_leave", { leave_id: "LV-9038" });
    assert.equal(cancelled.changed, true);
    assert.equal((await read("get_leave", { leave_id: "LV-9038", employee })).status, "cancelled");
    const key = newKey();
    const restored = await write("restore_leave", { leave_id: "LV-9038" }, key);
    assert.deepEqual([restored.before, restored.after], [{ status: "cancelled" }, { status: "booked" }]);
    assert.deepEqual(await write("restore_leave", { leave_id: "LV-9038" }, key), restored);
    assert.equal((await write("restore_leave", { leave_id: "LV-9038" })).changed, false);
    assert.deepEqual(await read("get_leave_balance", { employee }), before);
  });

  it("leave is not restored over other leave that was booked meanwhile", async () => {
    const { from, to } = await read("get_leave", { leave_id: "LV-9037", employee: "Maya Lindqvist" });
    await write("cancel_leave", { leave_id: "LV-9037" });
    const other = await write("book_leave", { employee: "Maya Lindqvist", from, to });
    await refused(write("restore_leave", { leave_id: "LV-9037" }), /Other leave was booked/);
    await write("cancel_leave", { leave_id: other.leave_id });
    assert.equal((await write("restore_leave", { leave_id: "LV-9037" })).changed, true);
  });

  it("refuses to restore leave that nobody has, and sick leave", async () => {
    await refused(write("restore_leave", { leave_id: "LV-1" }), /no leave LV-1/);
    await refused(write("restore_leave", { leave_id: "LV-9002" }), /no leave LV-9002/);
  });
});
