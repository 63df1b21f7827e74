import assert from "node:assert/strict";
import { keepKeys } from "../../src/identity/keys/keep.ts";
import { askForRotation, listedKeys } from "../../src/identity/keys/store.ts";
import { type Authority, openAuthority } from "../../src/identity/tokens/authority.ts";
import { platform } from "../../src/identity/tokens/principal.ts";
import { createVerifier } from "../../src/identity/tokens/verify.ts";
import type { Pool } from "../../src/store/pool.ts";
import { createTestDatabase } from "../support/database.ts";
import { logTo } from "../support/log-lines.ts";

const TENANT = "22222222-2222-4222-8222-222222222222";

describe("the keys that sign tokens", () => {
  let pool: Pool;
  let drop: () => Promise<void>;
  const { log, lines } = logTo();
  before(async () => {
    ({ pool, drop } = await createTestDatabase());
  });
  after(() => drop());

  /** A process of the bot, as far as keys go. */
  const start = async (worker: string) => {
    const authority = await openAuthority(TENANT);
    const kept = await keepKeys({ authority, pool, tenantId: TENANT, worker, log });
    return { authority, ...kept };
  };
  const kid = (authority: Authority) => authority.keys().keys[0]?.kid;
  const tokenOf = async (authority: Authority) =>
    (await authority.tokens.get({ principal: platform(["erp"]), audience: "erp" })).value;
  /** As a system checks it that read the keys of all processes. */
  const opens = async (authority: Authority, token: string) => {
    const keys = { keys: await listedKeys(pool, TENANT) };
    const trust = { tenantId: TENANT, own: { issuer: authority.issuer, keys } };
    return createVerifier(trust, { own: "erp" })
      .bearer(token)
      .then(
        () => true,
        () => false,
      );
  };

  it("of all processes are listed together, without anything private", async () => {
    const [one, two] = [await start("one"), await start("two")];
    assert.ok(await opens(one.authority, await tokenOf(one.authority)));
    assert.ok(await opens(two.authority, await tokenOf(two.authority)));
    const stored = JSON.stringify((await pool.query("select * from signing_key")).rows);
    assert.doesNotMatch(stored, /"d":/);
    await Promise.all([one.stop(), two.stop()]);
  });

  it("are replaced in every process when somebody asks, and what was signed before serves to its end", async () => {
    const processes = [await start("three"), await start("four")];
    const before = await Promise.all(
      processes.map(async ({ authority }) => [kid(authority), await tokenOf(authority)] as const),
    );
    await askForRotation(pool, TENANT, "sofia");
    for (const [i, { authority, look }] of processes.entries()) {
      await look();
      assert.notEqual(kid(authority), before[i]?.[0]);
      assert.ok(await opens(authority, before[i]?.[1] ?? ""));
      assert.ok(await opens(authority, await tokenOf(authority)));
      const now = kid(authority);
      await look();
      assert.equal(kid(authority), now, "asked once, made once");
    }
    // As it is when the last token of the former keys has ended.
    await pool.query("update signing_key set until = now() - interval '1 second' where retired_at is not null");
    assert.equal(await opens(processes[0]?.authority as Authority, before[0]?.[1] ?? ""), false);
    await Promise.all(processes.map(({ stop }) => stop()));
  });

  it("are replaced after a day, and leave evidence", async () => {
    const { authority, look, stop } = await start("five");
    const first = kid(authority);
    await look();
    assert.equal(kid(authority), first);
    await pool.query("update signing_key set made_at = made_at - interval '25 hours' where kid = $1", [first]);
    await look();
    assert.notEqual(kid(authority), first);
    const { rows } = await pool.query(
      "select data->>'to' as kid from audit_log where kind = 'keys.rotated' order by seq",
    );
    assert.equal(rows.at(-1)?.kid, kid(authority));
    await stop();
  });

  it("are in no log", () => assert.doesNotMatch(lines.join(), /eyJ|"d":|PRIVATE/));
});
