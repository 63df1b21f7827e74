import assert from "node:assert/strict";
import { nextInLine, whomToAsk } from "../../src/approval/authority.ts";
import { type Delegation, refusalOf, standInFor, standsInFor } from "../../src/approval/delegation.ts";
import type { Directory } from "../../src/identity/directory.ts";
import type { Matter } from "../../src/policy/may-decide.ts";
import { directory } from "../support/fleet.ts";
import { thePolicies } from "../support/policy.ts";

const now = new Date("2026-11-20T10:00:00Z");
const day = (days: number): Date => new Date(now.getTime() + days * 86_400_000);
const passed = (fromId: string, toId: string): Delegation => ({
  ...{ delegationId: `${fromId}-${toId}`, fromId, toId, startsAt: day(-1), endsAt: day(1) },
});
const idOf = (name: string): string => directory.byUpn(`${name}@contoso.example`)?.aadObjectId ?? "";
const matter: Matter = {
  ...{ approvalId: "1", kind: "review", clusterId: "finance", risk: "high", amountCents: 45_000 },
  ...{ requester: "maya.lindqvist@contoso.example", stage: "reviewer", approverRoles: [], escalatedTo: [] },
};

describe("a say that is passed on in a circle", () => {
  it("is refused before it is one, however long the way round", () => {
    const open = ["a", "b", "c", "d"].map((id, i) => passed(id, ["b", "c", "d", "e"][i] ?? ""));
    for (const from of ["b", "c", "d", "e"])
      assert.match(refusalOf(passed(from, "a"), open) ?? "", /nobody would decide/, from);
    assert.match(refusalOf(passed("a", "a"), []) ?? "", /yourself/);
    assert.equal(refusalOf(passed("e", "f"), open), undefined);
  });
  it("stays with whom it belongs, should two have passed theirs on at the same moment", () => {
    const circle = [passed("a", "b"), passed("b", "a")];
    assert.deepEqual([standInFor("a", circle, now), standInFor("b", circle, now)], ["a", "b"]);
    const three = [passed("a", "b"), passed("b", "c"), passed("c", "a")];
    for (const id of ["a", "b", "c"]) {
      assert.equal(standInFor(id, three, now), id);
      assert.deepEqual(standsInFor(id, three, now), []);
    }
  });
  it("ends after five hands at the latest", () => {
    const chain = Array.from({ length: 50 }, (_, i) => passed(`p${i}`, `p${i + 1}`));
    assert.equal(standInFor("p0", chain, now), "p5");
  });
  it("leaves somebody who is asked, also where everybody who may decide has passed it on", () => {
    const away = { policies: thePolicies, directory, now };
    const holders = whomToAsk(matter, { ...away, delegations: [] }).map(({ personId }) => personId);
    const delegations = holders.map((id, i) => passed(id, holders[(i + 1) % holders.length] ?? ""));
    const asked = whomToAsk(matter, { ...away, delegations }).map(({ personId }) => personId);
    assert.deepEqual(asked.sort(), holders.sort());
    assert.ok(!asked.includes(idOf("maya.lindqvist")), "never who asked for it");
  });
});

describe("a question that nobody answers", () => {
  /** The people, with these managers. */
  const managed = (managers: Record<string, string>): Directory => {
    const people = directory.people.map((one) => ({
      ...one,
      roles: [],
      manager: managers[one.upn.split("@")[0] ?? ""] ?? null,
    }));
    return { ...directory, people, byUpn: (upn) => people.find((one) => one.upn === upn) };
  };
  /** To whom it goes, each time that nobody answers. */
  const hops = (around: Directory, asked: string[]): string[][] => {
    const way: string[][] = [];
    for (let hop = 0; hop < 20; hop += 1) {
      const next = nextInLine(matter, around, asked).map(({ aadObjectId }) => aadObjectId);
      if (next.length === 0) return way;
      way.push(next);
      asked.push(...next);
    }
    return assert.fail("it went round and round");
  };

  it("goes to nobody twice where two are each other's managers, and then to nobody", () => {
    const [jonas, priya] = ["jonas.weber", "priya.nair"];
    const around = managed({ [jonas]: `${priya}@contoso.example`, [priya]: `${jonas}@contoso.example` });
    assert.deepEqual(hops(around, [idOf(jonas)]), [[idOf(priya)]]);
  });
  it("passes by whoever asked for it, has left, or is no person", () => {
    const left = directory.people.find(({ kind, enabled }) => kind === "person" && !enabled);
    const mailbox = directory.people.find(({ kind }) => kind === "shared-mailbox");
    for (const upn of [matter.requester, left?.upn, mailbox?.upn]) {
      assert.ok(upn);
      assert.deepEqual(hops(managed({ "jonas.weber": upn }), [idOf("jonas.weber")]), [], upn);
    }
  });
  it("reaches the top of the real tree in a few hops", () => {
    assert.ok(hops(directory, [idOf("jonas.weber")]).length <= 5);
  });
});
