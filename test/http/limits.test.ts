import assert from "node:assert/strict";
import { alertsRoute } from "../../src/http/alerts.ts";
import { keysRoute } from "../../src/http/keys.ts";
import { createLimit } from "../../src/http/limit.ts";
import { createDoorkeeper } from "../../src/http/refuse.ts";
import { type HttpServer, startHttp } from "../../src/http/server.ts";
import { signatureOf } from "../../src/review/alerts/signature.ts";
import { createLog } from "../../src/telemetry/log.ts";

const SECRET = "a secret of more than 32 characters, for this test";

describe("what one caller may ask for in a minute", () => {
  let http: HttpServer;
  let taken = 0;
  before(async () => {
    const log = createLog("silent");
    http = await startHttp({ host: "127.0.0.1", port: 0, log });
    const take = async () => {
      taken += 1;
      return { outcome: "taken", alertId: "1", told: "Taken." } as const;
    };
    const doorkeeper = createDoorkeeper({ limit: createLimit(2), note: async () => {}, log });
    http.mount([
      alertsRoute({
        check: undefined,
        secret: SECRET,
        take,
        onTaken: () => {},
        limit: createLimit(3),
        doorkeeper,
        log,
      }),
      keysRoute({ listed: async () => [], limit: createLimit(3) }),
    ]);
    http.open();
  });
  after(() => http.close(100));

  const alert = async (secret = SECRET) => {
    const body = "{}";
    const timestamp = String(Math.floor(Date.now() / 1_000));
    const headers = {
      "x-signalbox-timestamp": timestamp,
      "x-signalbox-signature": signatureOf(secret, { timestamp, body: Buffer.from(body) }),
    };
    const response = await fetch(`${http.url()}/api/alerts`, { method: "POST", headers, body });
    await response.arrayBuffer();
    return { status: response.status, wait: response.headers.get("retry-after") };
  };

  it("forged alerts are refused, then told to wait, and do not keep out whoever has the secret", async () => {
    const forged = await Promise.all([1, 2, 3].map(() => alert("not the secret, but just as long as it is")));
    assert.deepEqual(forged.map(({ status }) => status).sort(), [401, 401, 429]);
    assert.equal((await alert()).status, 202);
  });

  it("too many alerts are told when to come again, and are not taken", async () => {
    while ((await alert()).status === 202);
    const { status, wait } = await alert();
    assert.equal(status, 429);
    assert.ok(Number(wait) >= 1 && Number(wait) <= 60, `retry-after: ${wait}`);
    assert.equal(taken, 3);
  });

  it("the keys are told to everybody, and to nobody without end", async () => {
    const ask = async () => (await fetch(`${http.url()}/.well-known/jwks.json`)).status;
    assert.deepEqual([await ask(), await ask(), await ask(), await ask()], [200, 200, 200, 429]);
  });
});
