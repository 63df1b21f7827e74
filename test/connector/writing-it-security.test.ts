import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { visitCompany } from "./visit.ts";

describe("writing to the service desk: access and accounts", () => {
  const { read, write, newKey, refused } = visitCompany();
  const levelOf = async (application: string, person: string) =>
    (await read("itsm.get_access", { application, person })).level;

  it("access is given once for its key, and taken away again, however often", async () => {
    const args = { application: "Finance Share", person: "Theo Andersen", level: "read", reason: "Month-end close" };
    const key = newKey();
    const given = await write("itsm.grant_access", args, key);
    assert.deepEqual([given.before, given.after], [{ level: null }, { level: "read" }]);
    assert.deepEqual(await write("itsm.grant_access", args, key), given);
    assert.equal(await levelOf("Finance Share", "Theo Andersen"), "read");
    const { grant_id } = given;
    for (const changed of [true, false])
      assert.equal((await write("itsm.revoke_access", { grant_id })).changed, changed);
    assert.equal(await levelOf("Finance Share", "Theo Andersen"), null);
  });

  it("access that was taken away is given back under the same grant", async () => {
    const { grant_id } = await read("itsm.get_access", { application: "ERP", person: "Samuel Osei" });
    const key = newKey();
    const taken = await write("itsm.revoke_access", { grant_id }, key);
    assert.deepEqual([taken.before, taken.after], [{ level: "read" }, { level: null }]);
    assert.deepEqual(await write("itsm.revoke_access", { grant_id }, key), taken);
    const again = newKey();
    const restored = await write("itsm.restore_access", { grant_id }, again);
    assert.deepEqual(await write("itsm.restore_access", { grant_id }, again), restored);
    assert.equal((await write("itsm.restore_access", { grant_id })).changed, false);
    assert.equal((await read("itsm.get_access", { application: "ERP", person: "Samuel Osei" })).grant_id, grant_id);
  });

  it("refuses a second grant, a grant that does not exist, and to restore what was given anew", async () => {
    const args = { application: "CRM", person: "Petra Malik", level: "write", reason: "Leads" };
    await refused(write("itsm.grant_access", args), /has read access to CRM already \(GRA-/);
    await refused(write("itsm.revoke_access", { grant_id: "GRA-9999" }), /no grant GRA-9999/);
    await refused(write("itsm.restore_access", { grant_id: "GRA-9999" }), /no grant GRA-9999/);
    const { grant_id } = await read("itsm.get_access", { application: "CRM", person: "Petra Malik" });
    await write("itsm.revoke_access", { grant_id });
    await write("itsm.grant_access", args);
    await refused(write("itsm.restore_access", { grant_id }), /has write access to CRM already/);
  });

  it("two who give the same access at once give it once", async () => {
    const args = { application: "Code Forge", person: "Elif Yılmaz", level: "read", reason: "Network scripts" };
    const given = await Promise.allSettled([1, 2].map(() => write("itsm.grant_access", args)));
    assert.deepEqual(given.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
  });

  it("an account is locked and unlocked, each of which takes the other back", async () => {
    const key = newKey();
    const args = { person: "Chloé Dubois", reason: "Sign-ins from a place where she is not" };
    const locked = await write("itsm.lock_account", args, key);
    assert.deepEqual([locked.before, locked.after], [{ status: "active" }, { status: "locked" }]);
    assert.deepEqual(await write("itsm.lock_account", args, key), locked);
    assert.equal((await read("itsm.get_sign_in_account", { person: "Chloé Dubois" })).lock_reason, args.reason);
    assert.equal((await write("itsm.lock_account", args)).changed, false);
    const back = newKey();
    const unlocked = await write("itsm.unlock_account", { person: locked.upn }, back);
    assert.deepEqual(await write("itsm.unlock_account", { person: locked.upn }, back), unlocked);
    assert.equal((await write("itsm.unlock_account", { person: locked.upn })).changed, false);
    const now = await read("itsm.get_sign_in_account", { person: "Chloé Dubois" });
    assert.deepEqual([now.status, now.lock_reason], ["active", null]);
    await refused(write("itsm.lock_account", { ...args, person: "Nobody Atall" }), /no person "Nobody Atall"/);
    await refused(write("itsm.unlock_account", { person: "Nobody Atall" }), /no person/);
  });

  it("a person is signed out everywhere, once", async () => {
    const key = newKey();
    const ended = await write("itsm.end_sessions", { person: "Hannah Schulz" }, key);
    assert.deepEqual([ended.ended_count, ended.after], [2, { open_sessions: 0 }]);
    assert.deepEqual(await write("itsm.end_sessions", { person: "Hannah Schulz" }, key), ended);
    assert.equal((await write("itsm.end_sessions", { person: "Hannah Schulz" })).changed, false);
    assert.equal((await read("itsm.get_sign_in_account", { person: "Hannah Schulz" })).open_sessions, 0);
    assert.equal((await read("itsm.get_sign_in_account", { person: "Maya Lindqvist" })).open_sessions, 2);
    await refused(write("itsm.end_sessions", { person: "Nobody Atall" }), /no person/);
  });
});
