import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import type { Activity } from "../../src/bot/activity.ts";
import { createTeams } from "../../src/bot/teams.ts";
import type { TeamsIdentity } from "../../src/config.ts";
import { createLimit } from "../../src/http/limit.ts";
import { messagesRoute } from "../../src/http/messages.ts";
import { createDoorkeeper, type Refused } from "../../src/http/refuse.ts";
import { type HttpServer, startHttp } from "../../src/http/server.ts";
import { logTo } from "../support/log-lines.ts";
import { watchOutbound } from "../support/outbound.ts";
import { ISSUER, startTokenService, type TokenService } from "../support/token-service.ts";

const APP = "11111111-1111-4111-8111-111111111111";
const OTHER = "44444444-4444-4444-8444-444444444444";
const TENANT = "22222222-2222-4222-8222-222222222222";
const SERVICE = "https://smba.trafficmanager.net/emea/";
/** More than the tests above the flood need, and few enough to be reached. */
const [MESSAGES, REFUSALS] = [5, 60];
const now = () => Math.floor(Date.now() / 1_000);

describe("with an app registration, only Teams is let in", () => {
  let tokens: TokenService;
  let emulator: TokenService;
  let http: HttpServer;
  const received: Activity[] = [];
  const noted: Refused[] = [];
  const { log, lines } = logTo();

  before(async () => {
    tokens = await startTokenService();
    emulator = await startTokenService();
    const identity: TeamsIdentity = { appId: APP, tenantId: TENANT, type: "SingleTenant", password: "secret" };
    // Where one of these is set, the SDK wants them all.
    const teams = createTeams(identity, {
      ToBotFromChannelTokenIssuer: ISSUER,
      ToBotFromChannelOpenIdMetadataUrl: tokens.metadataUrl,
      ToBotFromEmulatorOpenIdMetadataUrl: emulator.metadataUrl,
      ToChannelFromBotOAuthScope: ISSUER,
      ToChannelFromBotLoginUrl: "http://127.0.0.1:1/",
      OAuthUrl: "http://127.0.0.1:1/",
      CallerId: "urn:botframework:azure",
      ValidateAuthority: true,
    } as Parameters<typeof createTeams>[1]);
    http = await startHttp({ host: "127.0.0.1", port: 0, log });
    const receive = async (activity: Activity) => {
      received.push(activity);
      return activity.type === "invoke"
        ? { statusCode: 403, type: "application/vnd.microsoft.error", value: {} }
        : undefined;
    };
    const note = async (refused: Refused) => void noted.push(refused);
    const doorkeeper = createDoorkeeper({ limit: createLimit(REFUSALS), note, log });
    const limit = createLimit(MESSAGES);
    http.mount([
      messagesRoute({ config: { teams: identity, tenantId: TENANT }, teams, receive, limit, doorkeeper, log }),
    ]);
    http.open();
  });
  after(async () => {
    await http.close(100);
    tokens.close();
    emulator.close();
  });
  beforeEach(() => {
    for (const list of [received, noted, lines]) list.splice(0);
  });

  const claims = () => ({ iss: ISSUER, aud: APP, nbf: now() - 60, exp: now() + 3_600, serviceurl: SERVICE });
  const activity = {
    ...{ type: "message", id: "1", channelId: "msteams", serviceUrl: SERVICE, text: "hello" },
    ...{ from: { id: "29:x" }, recipient: { id: "28:y" } },
    conversation: { id: "a:1", tenantId: TENANT },
    channelData: { tenant: { id: TENANT } },
  };
  let people = 0;
  /** As somebody else each time, but where it matters. */
  const somebody = () => ({ from: { id: `29:${++people}` } });
  const send = (token: string | undefined, body: object = { ...activity, ...somebody() }) =>
    fetch(`${http.url()}/api/messages`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(token === undefined ? {} : { authorization: token }) },
      body: JSON.stringify(body),
    });

  it("a message that Teams signed is taken", async () => {
    assert.equal((await send(`Bearer ${tokens.sign(claims())}`)).status, 200);
    assert.equal(received.length, 1);
  });

  it("the answer to a click is always HTTP 200, with the real status in the body", async () => {
    const response = await send(`Bearer ${tokens.sign(claims())}`, {
      ...activity,
      type: "invoke",
      name: "adaptiveCard/action",
    });
    assert.equal(response.status, 200);
    assert.equal(((await response.json()) as { statusCode: number }).statusCode, 403);
  });

  /** As tokens of bots and emulators are signed, which the SDK would take by itself. */
  const fromEntra = (tid: string, appid: string): string => {
    const issued = { iss: `https://sts.windows.net/${tid}/`, ver: "1.0", tid, appid, azp: appid };
    return `Bearer ${emulator.sign({ ...claims(), ...issued })}`;
  };
  const { exp: _, ...endless } = { ...claims() };
  const { serviceurl: __, ...serving } = { ...claims() };
  const other = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  const forged: [string, () => string | undefined][] = [
    ["without a token", () => undefined],
    ["with garbage", () => "Bearer garbage"],
    ["with a password", () => "Basic dXNlcjpwYXNz"],
    ["signed by another key", () => `Bearer ${tokens.sign(claims(), { key: other })}`],
    ["signed by a key that nobody knows", () => `Bearer ${tokens.sign(claims(), { kid: "key-2" })}`],
    ["without a signature", () => `Bearer ${tokens.sign(claims(), { algorithm: "none" })}`],
    ["signed with the public key as a secret", () => `Bearer ${tokens.sign(claims(), { algorithm: "HS256" })}`],
    ["for another bot", () => `Bearer ${tokens.sign({ ...claims(), aud: "33333333-3333-4333-8333-333333333333" })}`],
    ["from another issuer", () => `Bearer ${tokens.sign({ ...claims(), iss: "https://evil.example" })}`],
    ["that has expired", () => `Bearer ${tokens.sign({ ...claims(), exp: now() - 3_600 })}`],
    ["that expired six minutes ago", () => `Bearer ${tokens.sign({ ...claims(), exp: now() - 360 })}`],
    ["that is valid in six minutes", () => `Bearer ${tokens.sign({ ...claims(), nbf: now() + 360 })}`],
    ["that another tenant's Entra issued for this bot", () => fromEntra(OTHER, OTHER)],
    ["that our own Entra issued to another application for this bot", () => fromEntra(TENANT, OTHER)],
    ["that our own Entra issued to this bot itself", () => fromEntra(TENANT, APP)],
    ["of a tenant whose name is a path", () => fromEntra("../common", OTHER)],
    ["that names no service", () => `Bearer ${tokens.sign(serving)}`],
    ["that never expires", () => `Bearer ${tokens.sign(endless)}`],
    ["that is not valid yet", () => `Bearer ${tokens.sign({ ...claims(), nbf: now() + 3_600 })}`],
    [
      "for another service",
      () => `Bearer ${tokens.sign({ ...claims(), serviceurl: "https://evil.trafficmanager.net/" })}`,
    ],
    [
      "whose content was changed",
      () => {
        const [header, , signature] = tokens.sign(claims()).split(".");
        return `Bearer ${header}.${Buffer.from(JSON.stringify({ ...claims(), extra: 1 })).toString("base64url")}.${signature}`;
      },
    ],
  ];
  for (const [what, token] of forged)
    it(`a message ${what} is refused with a body that tells nothing`, async () => {
      const response = await send(token());
      assert.equal(response.status, 401);
      assert.deepEqual(await response.json(), { error: { code: "Unauthorized", message: "Not allowed." } });
      assert.equal(received.length, 0);
      assert.deepEqual(
        noted.map(({ door, status }) => [door, status]),
        [["messages", 401]],
      );
      // By ourselves, before the SDK was asked; but for the service, which only the SDK compares.
      if (!what.includes("service")) assert.match(noted[0]?.why ?? "", /^The token is not accepted/);
      assert.doesNotMatch(JSON.stringify([lines, noted]), /"stack"|at .*\.[jt]s:|eyJ/, "a stack or a token was kept");
    });

  for (const [what, shift] of [
    ["expired four minutes ago", { exp: -240 }],
    ["is valid in four minutes", { nbf: 240 }],
  ] as const)
    it(`a token that ${what} is taken: clocks differ by so much`, async () => {
      const [[claim, seconds] = ["", 0]] = Object.entries(shift);
      assert.equal((await send(`Bearer ${tokens.sign({ ...claims(), [claim]: now() + seconds })}`)).status, 200);
    });

  for (const [what, serviceUrl] of [
    ["no service URL", undefined],
    ["an empty service URL", ""],
  ] as const)
    it(`a message with ${what} is refused, however good the token`, async () => {
      const { serviceurl: _, ...unbound } = claims();
      for (const token of [claims(), unbound]) {
        const response = await send(`Bearer ${tokens.sign(token)}`, { ...activity, serviceUrl });
        assert.equal(response.status, 401);
        assert.deepEqual(await response.json(), { error: { code: "Unauthorized", message: "Not allowed." } });
      }
      assert.equal(received.length, 0);
    });

  for (const [what, change, status] of [
    [
      "another tenant",
      {
        conversation: { id: "a:1", tenantId: "x" },
        channelData: { tenant: { id: OTHER } },
      },
      401,
    ],
    ["no tenant", { conversation: { id: "a:1" }, channelData: undefined }, 401],
    ["another channel", { channelId: "emulator" }, 403],
  ] as const)
    it(`${what} is refused, however good the token`, async () => {
      const response = await send(`Bearer ${tokens.sign(claims())}`, { ...activity, ...change });
      assert.equal(response.status, status);
      assert.equal(received.length, 0);
    });

  it("replies go to services of Teams only, however good the token: no other gets a byte", async () => {
    const sink = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
    let reached = 0;
    sink.on("connection", () => (reached += 1));
    await once(sink, "listening");
    const { port } = sink.address() as AddressInfo;
    await send(`Bearer ${tokens.sign(claims())}`);
    received.splice(0);
    const outbound = watchOutbound();
    const urls = [
      "https://evil.example/",
      "http://smba.trafficmanager.net/",
      "https://trafficmanager.net.evil.example/",
      "http://127.0.0.1/",
      "https://localhost/",
      "http://169.254.169.254/metadata/identity/oauth2/token",
      "https://169.254.169.254/",
      ...["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1"].map((host) => `http://${host}:${port}/`),
      ...["127.0.0.1", "localhost"].map((host) => `https://${host}:${port}/`),
    ];
    for (const serviceUrl of urls) {
      const response = await send(`Bearer ${tokens.sign({ ...claims(), serviceurl: serviceUrl })}`, {
        ...activity,
        serviceUrl,
      });
      assert.equal(response.status, 403, serviceUrl);
    }
    outbound.stop();
    sink.close();
    assert.equal(received.length, 0);
    assert.equal(reached, 0);
    // What the test itself sent, and nothing else.
    assert.deepEqual(
      outbound.hosts,
      urls.map(() => new URL(http.url()).host),
    );
  });

  it("while the keys cannot be read nobody is let in, and Teams is asked to send it again", async () => {
    const gone = createTeams({ appId: APP, tenantId: TENANT, type: "SingleTenant", password: "secret" }, {
      ToBotFromChannelOpenIdMetadataUrl: "http://127.0.0.1:1/",
    } as Parameters<typeof createTeams>[1]);
    await assert.rejects(gone.strangerTo(`Bearer ${tokens.sign(claims())}`), { code: "keys-unavailable" });
  });

  it("who says too much in a minute is asked to wait, and nobody else is", async () => {
    const chatty = { ...activity, from: { id: "29:chatty", aadObjectId: "00000000-0000-4000-8000-000000000001" } };
    const good = `Bearer ${tokens.sign(claims())}`;
    for (let i = 0; i < MESSAGES; i++) assert.equal((await send(good, chatty)).status, 200);
    const response = await send(good, chatty);
    assert.equal(response.status, 429);
    const wait = Number(response.headers.get("retry-after"));
    assert.ok(wait >= 1 && wait <= 60, `retry-after: ${wait}`);
    assert.equal(received.length, MESSAGES);
    assert.equal((await send(good)).status, 200);
  });

  it("nobody uses up what another person may say by pretending to be them", async () => {
    const victim = { ...activity, from: { id: "29:victim" } };
    for (let i = 0; i <= MESSAGES; i++) assert.equal((await send("Bearer garbage", victim)).status, 401);
    assert.equal((await send(`Bearer ${tokens.sign(claims())}`, victim)).status, 200);
  });

  it("a flood of forgeries ends in 429 without evidence of each, and keeps out nobody who is authentic", async () => {
    const statuses = new Set<number>();
    for (let i = 0; i <= REFUSALS; i++) statuses.add((await send("Bearer garbage")).status);
    assert.ok(statuses.has(429));
    assert.ok(noted.length < REFUSALS, `${noted.length} rows`);
    assert.equal((await send(`Bearer ${tokens.sign(claims())}`)).status, 200);
  });
});
