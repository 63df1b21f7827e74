import assert from "node:assert/strict";
import { drill } from "./drill.ts";

// The restore drill in small, with real processes; `npm run drill` runs it in any size.
describe("restore drill: runs are killed on purpose, and nothing is lost, done twice or told wrongly", function () {
  this.timeout(180_000);
  const drilled = { approvals: 8, kills: 2, processes: 1, withDatabase: false, freeze: false };
  const holds = async (changes: Partial<typeof drilled>): Promise<void> => {
    const report = await drill({ ...drilled, ...changes });
    const { completed, lost, duplicateEffects, untrueCards, brokenAudit } = report;
    assert.deepEqual(
      { completed, lost, duplicateEffects, untrueCards, brokenAudit },
      { completed: drilled.approvals, lost: 0, duplicateEffects: 0, untrueCards: 0, brokenAudit: false },
      JSON.stringify(report),
    );
  };

  it("one bot", () => holds({}));
  it("two bots on one PostgreSQL, that came up at the same moment on an empty database", () => holds({ processes: 2 }));
  it("a bot that was only frozen comes back and does no harm", () => holds({ processes: 2, freeze: true, kills: 1 }));
});
