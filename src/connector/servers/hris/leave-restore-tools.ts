import { z } from "zod";
import { oneRow } from "../lookup.ts";
import { Refusal } from "../refusal.ts";
import { Id, Text, written } from "../shapes.ts";
import { writeTool } from "../tool.ts";

const Status = z.strictObject({ status: Text });

const restoreLeave = writeTool({
  name: "restore_leave",
  description: "Books annual leave again that was cancelled, as it was. Safe to repeat.",
  input: { leave_id: Id },
  output: { leave_id: Text, upn: Text, name: Text, ...written(Status, Status) },
  async run(tx, { leave_id }) {
    const { upn, name, status } = await oneRow<{ upn: string; name: string; status: string }>(
      tx,
      "leave",
      leave_id,
      `select upn, name, status from leave join employee using (upn)
       where leave_id = $1 and kind = 'annual' for update of leave`,
    );
    const restored = await tx.query(
      `update leave l set status = 'booked' where leave_id = $1 and status = 'cancelled' and not exists (
         select 1 from leave o where o.upn = l.upn and o.status = 'booked' and o.from_day <= l.to_day and o.to_day >= l.from_day)`,
      [leave_id],
    );
    const changed = restored.rowCount === 1;
    if (!changed && status === "cancelled")
      throw new Refusal(`Other leave was booked in the period of ${leave_id} since: cancel that one first.`);
    return { leave_id, upn, name, changed, before: { status }, after: { status: "booked" } };
  },
});

export const leaveRestoreTools = [restoreLeave];
