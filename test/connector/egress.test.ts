import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { createServer, type Server } from "node:net";
import { after, before, describe, it } from "mocha";
import { ConnectorError } from "../../src/connector/client.ts";
import { mayConnect } from "../../src/connector/egress/address.ts";
import { type Egress, guardedFetch } from "../../src/connector/egress/guarded-fetch.ts";
import { elevated } from "./company.ts";
import { connectTo, entryOf, only, type ScriptedSystem, startScriptedSystem, writing } from "./scripted-system.ts";

describe("where a connector may go", () => {
  /** Counts whatever reaches this machine. */
  let sink: Server;
  let reached = 0;
  before(async () => {
    sink = createServer((socket) => {
      reached += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => sink.listen(0, "127.0.0.1", resolve));
  });
  after(() => sink.close());
  beforeEach(() => {
    reached = 0;
  });
  const port = () => (sink.address() as AddressInfo).port;

  /** Asks once. @param addresses what the name resolves to, at each time that it is asked for */
  const ask = async (url: string, egress: Partial<Egress>, ...addresses: string[]) => {
    const resolve = () => Promise.resolve([{ address: addresses.shift() ?? "0.0.0.0", family: 4 }]);
    const hosts = egress.hosts ?? [new URL(url).hostname];
    const guarded = guardedFetch("crm", { hosts, privateAddresses: egress.privateAddresses ?? [] }, resolve);
    try {
      return await guarded.fetch(url);
    } finally {
      await guarded.close();
    }
  };
  const refused = (url: string, egress: Partial<Egress>, ...addresses: string[]) =>
    assert.rejects(ask(url, egress, ...addresses), { code: "connector-egress-refused" }, `${url} ${addresses}`);

  it("private, link-local, metadata and disguised addresses are not public ones; listed blocks are open", () => {
    for (const address of [
      ...["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"],
      ...["168.63.129.16", "224.0.0.1", "255.255.255.255", "198.18.0.1", "::1", "::", "fe80::1", "fd00:ec2::254"],
      ...["::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "ff02::1", "no address"],
    ])
      assert.ok(!mayConnect(address, []), address);
    assert.ok(mayConnect("20.50.2.1", []));
    assert.ok(mayConnect("2603:1020::1", []));
    assert.ok(mayConnect("10.1.2.3", ["10.1.0.0/16"]));
    assert.ok(mayConnect("::ffff:10.1.2.3", ["10.1.0.0/16"]), "the same address in other words");
    assert.ok(!mayConnect("10.2.2.3", ["10.1.0.0/16"]));
    assert.ok(!mayConnect("fe80::1", ["10.1.0.0/16"]));
  });

  it("an address of the cloud's own services or of this machine gets no byte", async () => {
    await refused("http://169.254.169.254/metadata/instance", {});
    await refused("http://[fd00:ec2::254]/latest", {});
    await refused(`http://127.0.0.1:${port()}/mcp`, {});
    await refused(`http://2130706433:${port()}/mcp`, {});
    await refused(`https://localhost:${port()}/mcp`, {}, "127.0.0.1");
    await refused(`https://crm.example:${port()}/mcp`, { hosts: ["other.example"] }, "20.50.2.1");
    await refused(`https://user:secret@crm.example:${port()}/mcp`, {}, "20.50.2.1");
    await refused("file:///etc/passwd", { hosts: [""] });
    assert.equal(reached, 0);
  });

  it("a public name is spoken to with encryption only", async () => {
    await refused(`http://crm.example:${port()}/mcp`, { privateAddresses: ["127.0.0.1/32"] }, "127.0.0.1");
    assert.equal(reached, 0);
  });

  it("a name that resolves to this machine gets no byte, and neither does one of several addresses", async () => {
    await refused(`https://crm.example:${port()}/mcp`, {}, "127.0.0.1");
    await refused(`https://crm.example:${port()}/mcp`, {}, "169.254.169.254");
    const both = () => Promise.resolve(["20.50.2.1", "127.0.0.1"].map((address) => ({ address, family: 4 })));
    const guarded = guardedFetch("crm", { hosts: ["crm.example"], privateAddresses: [] }, both);
    await assert.rejects(guarded.fetch(`https://crm.example:${port()}/mcp`), { code: "connector-egress-refused" });
    await guarded.close();
    assert.equal(reached, 0);
  });

  it("the socket goes to the very address that was checked: a name that changes its answer gains nothing", async () => {
    // Allowed at first; had the name been resolved again for the connection, nothing would listen there.
    const listed = { privateAddresses: ["127.0.0.1/32"] };
    await assert.rejects(ask(`https://crm.example:${port()}/mcp`, listed, "127.0.0.1", "192.0.2.1"));
    assert.equal(reached, 1, "it was connected to, and did not speak TLS");
  });

  it("a redirect is not followed, and a write that is redirected may have been done", async () => {
    const system: ScriptedSystem = await startScriptedSystem([writing("move")]);
    system.behave = (response) => only(response, 307, { location: `http://127.0.0.1:${port()}/mcp` });
    const connectors = await connectTo([entryOf("moved", system.url)]);
    await assert.rejects(
      connectors.call({ ...elevated({ tool: "moved.move", args: {} }) }),
      (error) => error instanceof ConnectorError && error.outcome === "unknown" && /redirects to/.test(error.message),
    );
    await connectors.close();
    await system.stop();
    assert.equal(reached, 0);
  });
});
