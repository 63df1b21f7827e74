import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { type Connectors, connectSystems } from "../../src/connector/client.ts";
import type { Credentials } from "../../src/connector/credentials.ts";
import { hrisTools } from "../../src/connector/servers/hris/tools.ts";
import { SignalboxError } from "../../src/errors.ts";
import { cacheTokens } from "../../src/identity/tokens/cache.ts";
import { SIGN_IN_NEEDED, type TokenRequest } from "../../src/identity/tokens/principal.ts";
import {
  by,
  type Company,
  credentialsOf,
  directory,
  inHr,
  inventory,
  silent,
  startCompany,
  trusting,
} from "./company.ts";

const idOf = (name: string) => directory.byUpn(`${name}@contoso.example`)?.aadObjectId ?? "";
/** Jonas Weber is Maya's manager; Noah Fischer has nothing to do with either. */
const [maya, jonas, noah, lucia] = ["maya.lindqvist", "jonas.weber", "noah.fischer", "lucia.moreno"].map(idOf);
const LEFT = "hris.get_leave_balance";

describe("what is private to a person is asked on behalf of a person", () => {
  let company: Company;
  let connectors: Connectors;
  const wanted: TokenRequest[] = [];
  const notSignedIn = new Set<string>();
  before(async () => {
    company = await startCompany();
    const { authority, systems } = company;
    const credentials: Credentials = {
      ...credentialsOf(authority, () => connectors.tools().map(({ name }) => name)),
      tokens: cacheTokens({
        get: async (request) => {
          wanted.push(request);
          if (notSignedIn.has(request.personId ?? "")) throw new SignalboxError(SIGN_IN_NEEDED, "not signed in");
          return authority.tokens.get(request);
        },
      }),
    };
    connectors = await connectSystems({
      ...{ endpoints: systems.endpoints, inventory, gate: trusting, log: silent, credentials },
      isElevated: () => Promise.resolve(true),
    });
  });
  after(async () => {
    await connectors.close();
    await company.stop();
  });
  beforeEach(() => {
    wanted.splice(0);
    notSignedIn.clear();
  });

  const leaveOf = (employee: string, personId: string | undefined) =>
    connectors.call({ tool: LEFT, args: { employee }, by, personId }).then(({ data }) => data.name);
  const refuses = (work: Promise<unknown>, told: RegExp, needsSignIn = false) =>
    assert.rejects(work, (error: { told?: string; outcome?: string; needsSignIn?: boolean }) => {
      assert.deepEqual([error.outcome, error.needsSignIn], ["refused", needsSignIn]);
      assert.match(error.told ?? "", told);
      return true;
    });

  it("the token names the agent and the person, and is for this system alone", async () => {
    assert.equal(await leaveOf("Maya Lindqvist", maya), "Maya Lindqvist");
    const [request] = wanted;
    assert.deepEqual([request?.audience, request?.personId, request?.principal.id], ["hris", maya, by.agentId]);
  });

  it("the system tells them, whoever they report to, and HR; it looks itself, whatever was decided before", async () => {
    assert.equal(await leaveOf("Maya Lindqvist", jonas), "Maya Lindqvist");
    assert.equal(await leaveOf("Maya Lindqvist", inHr), "Maya Lindqvist");
    await refuses(leaveOf("Maya Lindqvist", noah), /What is private to Maya Lindqvist is told to them/);
    await refuses(leaveOf("Jonas Weber", maya), /private to Jonas Weber/);
    await refuses(leaveOf("Maya Lindqvist", "00000000-0000-4000-8000-00000000ffff"), /private to Maya Lindqvist/);
  });

  it("one person's session is never another's: answers do not mix when both ask at once", async () => {
    const names = ["Maya Lindqvist", "Noah Fischer"];
    const asked = Array.from({ length: 6 }, (_, i) => leaveOf(names[i % 2] ?? "", i % 2 === 0 ? maya : noah));
    assert.deepEqual(await Promise.all(asked), [...names, ...names, ...names]);
  });

  it("where nobody asks it is not called at all", async () => {
    await refuses(leaveOf("Maya Lindqvist", undefined), /tells that to people only/);
    assert.equal(wanted.length, 0);
  });

  it("an agent's own token does not open it, also where our side forgot to ask for the person", async () => {
    const { hris } = Object.fromEntries(inventory);
    assert.ok(hris);
    const forgetful = new Map([["hris", { ...hris, identity: { kind: "bearer" as const } }]]);
    const credentials = credentialsOf(company.authority, () => [LEFT]);
    const careless = await connectSystems({
      ...{ endpoints: company.systems.endpoints, inventory: forgetful, gate: trusting, log: silent, credentials },
      isElevated: () => Promise.resolve(true),
    });
    const call = careless.call({ tool: LEFT, args: { employee: "Maya Lindqvist" }, by, personId: maya });
    await refuses(call, /the agent may not do this there/);
    await careless.close();
  });

  it("who has not signed in is told so: the agent's own token is not shown instead, and what is nobody's is still read", async () => {
    // Nobody for whom a token is kept.
    notSignedIn.add(lucia ?? "");
    await refuses(leaveOf("Lucia Moreno", lucia), /Sign in first/, true);
    assert.deepEqual([...new Set(wanted.map(({ personId }) => personId))], [lucia]);
    const { data } = await connectors.call({ tool: "hris.get_employee", args: { employee: "Noah Fischer" }, by });
    assert.equal(data.name, "Noah Fischer");
  });

  it("every tool that the inventory lists shows what is private, and every such tool is listed", () => {
    const { identity } = inventory.get("hris") ?? {};
    const listed = identity?.kind === "bearer" ? identity.onBehalfOf : undefined;
    const personal = hrisTools.filter((tool) => tool.access === "read" && tool.isPersonal).map(({ name }) => name);
    assert.deepEqual(listed?.toSorted(), personal.toSorted());
  });
});
