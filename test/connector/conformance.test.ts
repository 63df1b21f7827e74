import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { after, before, describe, it } from "mocha";
import { platform } from "../../src/identity/tokens/principal.ts";
import { type Company, startCompany } from "./company.ts";

/**
 * Those scenarios of the official suite that say something of a server without the suite's own tools, prompts and resources.
 * Of the others, some even pass on any server, since an error has a text, too.
 */
const scenarios = [
  ...["server-initialize", "ping", "tools-list", "server-sse-multiple-streams", "dns-rebinding-protection"],
];

/** The suite knows no tokens: whatever comes is passed on with a token for one system, and everything else as it is. */
function tokenBearer(url: URL, token: string): Server {
  const door = createServer((incoming, response) => {
    const { port } = door.address() as AddressInfo;
    const own = [`127.0.0.1:${port}`, `localhost:${port}`];
    const headers = { ...incoming.headers, authorization: `Bearer ${token}` };
    if (own.includes(headers.host ?? "")) headers.host = url.host;
    if (headers.origin !== undefined && own.some((name) => headers.origin === `http://${name}`)) delete headers.origin;
    const passed = request(url, { method: incoming.method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    passed.on("error", () => response.destroy());
    incoming.pipe(passed);
  });
  return door;
}

describe("the official conformance suite", () => {
  let company: Company;
  let door: Server;
  before(async () => {
    company = await startCompany();
    const { crm } = company.systems.endpoints;
    assert.ok(crm);
    const { value } = await company.authority.tokens.get({ principal: platform(["crm"]), audience: "crm" });
    door = tokenBearer(new URL(crm.url), value);
    await new Promise<void>((resolve) => door.listen(0, "127.0.0.1", resolve));
  });
  after(async () => {
    door.closeAllConnections();
    door.close();
    await company.stop();
  });

  for (const scenario of scenarios)
    it(`passes our servers: ${scenario}`, async () => {
      const url = `http://127.0.0.1:${(door.address() as AddressInfo).port}/mcp`;
      const args = ["node_modules/@modelcontextprotocol/conformance/dist/index.js", "server", "--url", url];
      const { stdout } = await promisify(execFile)(process.execPath, [...args, "--scenario", scenario]).catch(
        (error: { stdout: string; stderr: string }) => assert.fail(`${error.stdout}${error.stderr}`),
      );
      assert.match(stdout, /Passed: [1-9]\d*\/\d+, 0 failed/);
    });
});
