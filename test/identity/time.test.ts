import assert from "node:assert/strict";
import sinon from "sinon";
import { keepTime, type Time } from "../../src/identity/time.ts";
import { createTeamsVerifier } from "../../src/identity/tokens/teams.ts";
import type { Queryable } from "../../src/store/pool.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { logTo } from "../support/log-lines.ts";
import { ISSUER, startTokenService, type TokenService } from "../support/token-service.ts";

const APP = "11111111-1111-4111-8111-111111111111";
const HOUR = 3_600;

describe("tokens expire by the database's time", () => {
  let database: TestDatabase;
  let tokens: TokenService;
  let time: Time;
  const { log } = logTo();
  before(async () => {
    database = await createTestDatabase();
    tokens = await startTokenService();
    time = await keepTime(database.pool, log);
  });
  afterEach(() => sinon.restore());
  after(async () => {
    await time.stop();
    tokens.close();
    await database.drop();
  });

  /** @param seconds from now, by the database's clock */
  const shown = async (changes: { exp?: number; nbf?: number }): Promise<boolean> => {
    const { rows } = await database.pool.query<{ now: number }>("select extract(epoch from now())::int as now");
    const now = rows[0]?.now ?? 0;
    const { exp = HOUR, nbf = -60 } = changes;
    const token = tokens.sign({ iss: ISSUER, aud: APP, exp: now + exp, nbf: now + nbf });
    const verify = createTeamsVerifier(APP, { issuer: ISSUER, metadataUrl: tokens.metadataUrl }, time.now);
    return verify(`Bearer ${token}`).then(
      () => true,
      () => false,
    );
  };

  for (const [what, ahead] of [
    ["right", 0],
    ["an hour ahead", HOUR],
    ["an hour behind", -HOUR],
  ] as const)
    it(`four minutes of difference are forgiven and six are not, where this machine's clock is ${what}`, async () => {
      sinon.useFakeTimers({ now: Date.now() + ahead * 1_000, toFake: ["Date"] });
      await time.look();
      assert.deepEqual(
        [
          await shown({ exp: -240 }),
          await shown({ nbf: 240 }),
          await shown({ exp: -360 }),
          await shown({ nbf: 360 }),
          await shown({ exp: -HOUR - 60 }),
        ],
        [true, true, false, false, false],
      );
    });

  it("which is asked once in a while and not for each token, and counted on while the database is away", async () => {
    let asked = 0;
    let isAway = false;
    const db = {
      query: async (...given: Parameters<Queryable["query"]>) => {
        asked += 1;
        if (isAway) throw new Error("the database is away");
        return database.pool.query(...given);
      },
    } as unknown as Queryable;
    const kept = await keepTime(db, log);
    const before = kept.now();
    const here = performance.now();
    for (let i = 0; i < 1_000; i += 1) kept.now();
    assert.equal(asked, 1);
    isAway = true;
    await assert.rejects(kept.look());
    const passed = performance.now() - here;
    assert.ok(Math.abs(kept.now() - before - passed) < 1_000);
    await kept.stop();
  });
});
