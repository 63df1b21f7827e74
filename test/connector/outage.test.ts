import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, describe, it } from "mocha";
import { ConnectorError, type ToolResult } from "../../src/connector/client.ts";
import { type Company, elevated, startCompany } from "./company.ts";

const alive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** Waits for something that happens soon; the test's own time limit ends it when it never does. */
async function until(test: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await test())) await sleep(25);
}

describe("when the systems' process dies", () => {
  let company: Company;
  before(async () => {
    company = await startCompany();
  });
  after(() => company.stop());

  const kill = () => {
    const pid = company.systems.pid();
    assert.ok(pid);
    process.kill(pid, "SIGKILL");
    return pid;
  };
  const invoice = async () =>
    (await company.connectors.call({ tool: "erp.get_invoice", args: { invoice_id: "INV-1042" } })).data;

  it("reads fail as not done, and come back by themselves", async () => {
    const pid = kill();
    await until(() => !alive(pid));
    let failures = 0;
    await until(() =>
      invoice().then(
        () => true,
        (error: unknown) => {
          assert.ok(error instanceof ConnectorError);
          assert.equal(error.outcome, "not-done");
          assert.match(error.told ?? "", /Nothing was changed/);
          failures++;
          return false;
        },
      ),
    );
    assert.ok(failures > 0);
    assert.notEqual(company.systems.pid(), pid);
    await until(() => company.connectors.ready());
  });

  it("a read is made again when it was this process that stood still, not the system", async () => {
    const call = company.connectors.call({
      ...{ tool: "erp.get_invoice", args: { invoice_id: "INV-1042" } },
      deadlineMs: 300,
    });
    await sleep(1);
    // As a stopped process that goes on: the deadline is found passed before the answer is read.
    for (const end = performance.now() + 1_600; performance.now() < end; );
    assert.equal((await call).data.invoice_id, "INV-1042");
  });

  it("a write that was under way is unknown, and its key makes the next try safe", async () => {
    const args = { invoice_id: "INV-1042", amount: "100", reason: "half done" };
    const call = elevated({ tool: "erp.create_credit_note", args, idempotencyKey: "outage-key-1" });
    const blocker = await company.pool.connect();
    try {
      await blocker.query("begin");
      await blocker.query("select 1 from erp.invoice where invoice_id = 'INV-1042' for update");
      const lost = assert.rejects(company.connectors.call(call), (error) => {
        assert.ok(error instanceof ConnectorError);
        assert.equal(error.outcome, "unknown");
        return true;
      });
      const waiting =
        "select 1 from pg_stat_activity where wait_event_type = 'Lock' and application_name = 'signalbox-erp'";
      await until(async () => (await company.pool.query(waiting)).rowCount === 1);
      kill();
      await lost;
    } finally {
      await blocker.query("commit");
      blocker.release();
    }
    // As whoever wants it done would: what surely did not happen is tried again.
    let first: ToolResult | undefined;
    await until(async () => {
      first = await company.connectors.call(call).catch((error: unknown) => {
        if (error instanceof ConnectorError && error.outcome === "not-done") return undefined;
        throw error;
      });
      return first !== undefined;
    });
    const second = await company.connectors.call(call);
    assert.deepEqual(second.data, first?.data);
    assert.equal((await invoice()).open_amount, "1150.00");
  });

  it("it ends with its parent, even when that is killed", async () => {
    const parent = fork(new URL("parent.ts", import.meta.url), [], {
      env: { ...process.env, COMPANY_URL: company.url },
    });
    const [pid] = (await once(parent, "message")) as [number];
    assert.ok(alive(pid));
    parent.kill("SIGKILL");
    await until(() => !alive(pid));
  });
});
