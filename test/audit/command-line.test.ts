import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { takeAnchors } from "../../src/audit/anchors/keep-anchors.ts";
import { appendAudit } from "../../src/audit/store.ts";
import { auditCli } from "../support/cli.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";

const tenantId = "c0a80000-0000-4000-8000-00000000c070";
const agentId = "3786e182-a0ad-4bff-ad0d-d8f5c974a586";
const sofia = ["--as", "sofia.rossi@contoso.example"];

describe("the command line of auditors", function () {
  this.timeout(120_000);
  let database: TestDatabase;
  let folder: string;
  const audit = (...args: string[]) => {
    const env = {
      ...{ DATABASE_URL: database.appUrl, DATABASE_OWNER_URL: database.url },
      ...{ SIGNALBOX_AUDIT_ANCHORS: join(folder, "anchors") },
      SIGNALBOX_AUDIT_RETENTION: "action:7,decision:3,conversation:0",
    };
    const { status, stdout, stderr } = auditCli(args, env);
    return { status, out: `${stdout}${stderr}` };
  };

  before(async () => {
    database = await createTestDatabase();
    folder = await mkdtemp(join(tmpdir(), "signalbox-audit-"));
    const maya = "00000000-0000-4000-8000-000000000001";
    await appendAudit(database.pool, { tenantId, kind: "turn.answer", actor: maya, data: { agentId } });
    await appendAudit(database.pool, { tenantId, kind: "action.done", actor: agentId, data: { input: { a: 1 } } });
    await appendAudit(database.pool, { tenantId, kind: "run.pause", actor: "signalbox", data: {} });
    await takeAnchors(database.pool, { folder: join(folder, "anchors"), key: undefined });
  });
  after(async () => {
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  it("helps, and tells a wrong call from a broken chain", () => {
    assert.match(audit("--help").out, /verify .*\n.*query /);
    assert.match(audit("verify", "--help").out, /--export FOLDER/);
    assert.deepEqual([audit("verify", "--nonsense").status, audit("nonsense").status], [2, 2]);
    const wrong = audit("query", "--since", "yesterday");
    assert.equal(wrong.status, 2);
    assert.match(wrong.out, /--since/);
  });

  it("answers who did what, as a table and as JSON lines", () => {
    const asked = audit("query", "--actor", "maya.lindqvist@contoso.example");
    assert.equal(asked.status, 0);
    assert.match(asked.out, /1 +20\S+Z +turn\.answer +maya\.lindqvist@contoso\.example/);
    assert.doesNotMatch(asked.out, /action\.done/);
    const lines = audit("query", "--agent", agentId, "--until", "2100-01-01", "--json").out.trim().split("\n");
    assert.deepEqual(
      lines.map((line) => JSON.parse(line).kind),
      ["turn.answer", "action.done"],
    );
    assert.match(audit("query", "--kind", "action.*").out, /action\.done/);
    assert.match(audit("query", "--run", "7Q2K").out, /No link answers that/);
  });

  it("verifies, exports, verifies the export, prunes for those who may, and verifies again", () => {
    const sound = audit("verify");
    assert.equal(sound.status, 0, sound.out);
    assert.match(sound.out, /The chain holds: 3 links.*\n1 anchor compared, the last one at link 3/);
    const to = join(folder, "export");
    assert.match(audit("export", "--to", to).out, /3 links in 1 segment/);
    assert.match(audit("verify", "--export", to).out, /The export holds: 3 links/);
    assert.equal(audit("prune", "--export", to, "--as", "noah.fischer@contoso.example").status, 2);
    assert.match(audit("prune", "--export", to, ...sofia).out, /conversation: the data of 1 link/);
    assert.match(audit("verify").out, /4 links \(the data of 1 was dropped/);
    assert.match(audit("query").out, /\(dropped: conversation\)/);
  });

  it("ends with 1 and names the link where the chain is broken", async () => {
    await database.pool.query(
      "alter table audit_log disable trigger all; update audit_log set actor = 'x' where seq = 3; alter table audit_log enable trigger all",
    );
    const { status, out } = audit("verify");
    assert.deepEqual([status, out], [1, "The chain is broken at link 3: its content was changed.\n"]);
    assert.equal(JSON.parse(audit("verify", "--json").out).broken.seq, 3);
  });
});
