import assert from "node:assert/strict";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from "jose";
import { after, before, describe, it } from "mocha";
import type { Connectors } from "../../src/connector/client.ts";
import { createCredentials } from "../../src/connector/credentials.ts";
import { type Authority, openAuthority } from "../../src/identity/tokens/authority.ts";
import { by, elevated, TENANT } from "./company.ts";
import { connectTo, entryOf } from "./scripted-system.ts";
import { type Stranger, startOverHttp } from "./stranger.ts";

const record = { agent_id: by.agentId, service_principal_id: by.agentId, tools: ["all.echo", "all.get-sum"] };

/** Somebody else's gate before an MCP server: it knows where our public keys are and how it is called, and nothing more of us. */
type Gate = { server: Server; url: string; seen: JWTPayload[]; kids: (string | undefined)[]; turnedAway: number };

async function startGate(behind: string, keysUrl: string, issuer: string): Promise<Gate> {
  const keys = createRemoteJWKSet(new URL(keysUrl), { cooldownDuration: 0 });
  const server = createServer((incoming, response) => {
    const [, token = ""] = /^Bearer (\S+)$/.exec(incoming.headers.authorization ?? "") ?? [];
    const options = { issuer, audience: gate.url, typ: "at+jwt", algorithms: ["ES256"] };
    jwtVerify(token, keys, options).then(
      ({ payload, protectedHeader }) => {
        gate.seen.push(payload);
        gate.kids.push(protectedHeader.kid);
        const { authorization: _, ...headers } = incoming.headers;
        const options_ = { method: incoming.method, headers: { ...headers, host: new URL(behind).host } };
        const passed = request(behind, options_, (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        });
        passed.on("error", () => response.destroy());
        incoming.pipe(passed);
      },
      () => {
        gate.turnedAway += 1;
        response.writeHead(401, { "www-authenticate": 'Bearer error="invalid_token"' });
        response.end();
      },
    );
  });
  const url = await listen(server);
  const gate: Gate = { server, url: `${url}/mcp`, seen: [], kids: [], turnedAway: 0 };
  return gate;
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("an MCP server of somebody else that wants to know who calls", () => {
  let stranger: Stranger;
  let authority: Authority;
  let keys: Server;
  let gate: Gate;
  const open: Connectors[] = [];
  before(async () => {
    stranger = await startOverHttp("everything");
    authority = await openAuthority(TENANT);
    keys = createServer((_, response) => void response.end(JSON.stringify(authority.keys())));
    gate = await startGate(stranger.url, await listen(keys), authority.issuer);
  });
  after(async () => {
    await Promise.all(open.map((one) => one.close()));
    for (const server of [keys, gate.server]) {
      server.closeAllConnections();
      server.close();
    }
    await stranger.stop();
  });
  const connect = async (identity: Parameters<typeof entryOf>[2]): Promise<Connectors> => {
    const { tokens, elevate } = authority;
    const credentials = createCredentials({ tokens, elevate, systems: ["all"], recordOf: async () => record });
    const entry = entryOf("all", gate.url, { reads: ["echo"], ...identity });
    const connectors = await connectTo([entry], undefined, credentials);
    open.push(connectors);
    return connectors;
  };
  const echo = (connectors: Connectors, message: string) =>
    connectors.call({ tool: "all.echo", args: { message }, by }).then(({ data }) => data.text);

  it("is shown a token of our authority in its own name, for the version that calls and its tools, and answers", async () => {
    const connectors = await connect({ identity: { kind: "bearer", resource: gate.url } });
    assert.equal(await echo(connectors, "hello"), "Echo: hello");
    const sum = elevated({ tool: "all.get-sum", args: { a: 2, b: 3 } });
    assert.match(String((await connectors.call(sum)).data.text), /5/);
    const { aud, azp, roles, signalbox_agent_version: version } = gate.seen.at(-1) ?? {};
    assert.deepEqual([aud, azp, roles, version], [gate.url, by.agentId, record.tools, by.version]);
    assert.equal(gate.turnedAway, 0);
  });

  it("goes on with the next key without a restart of anybody", async () => {
    const connectors = await connect({ identity: { kind: "bearer", resource: gate.url } });
    await authority.rotate();
    assert.equal(await echo(connectors, "again"), "Echo: again");
    assert.equal(gate.kids.at(-1), authority.keys().keys[0]?.kid);
    assert.ok(new Set(gate.kids).size > 1);
  });

  it("takes no token that is meant for somebody else, and nobody's: nothing is asked of it then", async () => {
    const before = gate.seen.length;
    for (const identity of [
      { kind: "bearer" as const },
      { kind: "bearer" as const, resource: "https://elsewhere.example/mcp" },
      { kind: "none" as const },
    ]) {
      const connectors = await connect({ identity });
      await assert.rejects(echo(connectors, "no"), { code: "connector-not-done" });
    }
    assert.equal(gate.seen.length, before);
    assert.ok(gate.turnedAway > 0);
  });
});
