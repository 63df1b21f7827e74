import { z } from "zod";
import { lookUp, oneRow } from "../lookup.ts";
import { Day, Id, Note, Text, Wanted, written } from "../shapes.ts";
import { writeTool } from "../tool.ts";
import { CUSTOMERS } from "./customer-tools.ts";

const Logged = z.strictObject({ note: Text, on: Day });

const logActivity = writeTool({
  name: "log_activity",
  description: "Logs a note on a customer's record.",
  input: { customer: Wanted, note: Note },
  output: { activity_id: Text, customer_id: Text, customer_name: Text, note: Text, ...written(z.null(), Logged) },
  compensation: "delete_activity",
  async run(tx, { customer, note }) {
    const { id, name } = await lookUp(tx, "customer", customer, CUSTOMERS);
    const added = await tx.query<{ activity_id: string; on: string }>(
      `insert into activity (activity_id, customer_id, note) values ('ACT-' || nextval('activity_number'), $1, $2)
       returning activity_id, on_day as "on"`,
      [id, note],
    );
    const { activity_id = "", on = "" } = added.rows[0] ?? {};
    const after = { note, on };
    return { activity_id, customer_id: id, customer_name: name, note, changed: true, before: null, after };
  },
});

const deleteActivity = writeTool({
  name: "delete_activity",
  description: "Takes a logged activity off a customer's record. The row is kept and marked, so it is safe to repeat.",
  input: { activity_id: Id },
  output: { activity_id: Text, ...written(Logged.nullable(), z.null()) },
  async run(tx, { activity_id }) {
    const found = await oneRow<{ note: string; on: string; deleted: boolean }>(
      tx,
      "activity",
      activity_id,
      `select note, on_day as "on", deleted from activity where activity_id = $1 for update`,
    );
    await tx.query("update activity set deleted = true where activity_id = $1", [activity_id]);
    const before = found.deleted ? null : { note: found.note, on: found.on };
    return { activity_id, changed: !found.deleted, before, after: null };
  },
});

export const activityTools = [logActivity, deleteActivity];
