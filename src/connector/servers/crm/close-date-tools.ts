import { z } from "zod";
import type { Tx } from "../../../store/pool.ts";
import { oneRow } from "../lookup.ts";
import { Refusal } from "../refusal.ts";
import { Day, Id, Note, Text, written } from "../shapes.ts";
import { writeTool } from "../tool.ts";
import { type Deal, lockDeal } from "./deal.ts";

const Closes = z.strictObject({ close_date: Day });
const closes = ({ close_date }: Deal): z.infer<typeof Closes> => ({ close_date });
const moved = { opportunity_id: Text, title: Text, change_id: Text, ...written(Closes, Closes) };

const setCloseDate = writeTool({
  name: "set_close_date",
  description: "Moves the day on which an open opportunity is expected to close. Each move is kept.",
  input: { opportunity_id: Id, close_date: Day, reason: Note },
  output: moved,
  compensation: "restore_close_date",
  async run(tx, { opportunity_id, close_date, reason }) {
    const before = await lockDeal(tx, opportunity_id);
    if (before.stage === "won" || before.stage === "lost")
      throw new Refusal(`${opportunity_id} is ${before.stage}: its close date does not change any more.`);
    const past = await tx.query("select 1 where $1::date < current_date", [close_date]);
    if (past.rowCount === 1) throw new Refusal(`${close_date} is in the past. An open deal closes today or later.`);
    const added = await tx.query<{ change_id: string }>(
      `with moved as (update opportunity set close_date = $2 where opportunity_id = $1)
       insert into close_date_change (change_id, opportunity_id, from_date, to_date, reason)
       values ('CLD-' || nextval('close_date_change_number'), $1, $3, $2, $4) returning change_id`,
      [opportunity_id, close_date, before.close_date, reason],
    );
    return {
      opportunity_id,
      title: before.title,
      change_id: added.rows[0]?.change_id ?? "",
      changed: before.close_date !== close_date,
      before: closes(before),
      after: closes(await lockDeal(tx, opportunity_id)),
    };
  },
});

type Change = { opportunity_id: string; from_date: string; to_date: string; undone: boolean };

const restoreCloseDate = writeTool({
  name: "restore_close_date",
  description: "Puts back the close date that an opportunity had before a move. Safe to repeat.",
  input: { change_id: Id },
  output: moved,
  async run(tx, { change_id }) {
    const { opportunity_id } = await oneChange(tx, change_id);
    const before = await lockDeal(tx, opportunity_id);
    // Read again under the deal's lock: two callers must not both put it back.
    const { from_date, to_date, undone } = await oneChange(tx, change_id);
    if (!undone) {
      if (before.close_date !== to_date)
        throw new Refusal(`${opportunity_id} was moved on to ${before.close_date} since: move it from there.`);
      await tx.query("update opportunity set close_date = $2 where opportunity_id = $1", [opportunity_id, from_date]);
      await tx.query("update close_date_change set undone = true where change_id = $1", [change_id]);
    }
    const after = closes(await lockDeal(tx, opportunity_id));
    return { opportunity_id, title: before.title, change_id, changed: !undone, before: closes(before), after };
  },
});

function oneChange(tx: Tx, id: string): Promise<Change> {
  const sql = "select opportunity_id, from_date, to_date, undone from close_date_change where change_id = $1";
  return oneRow(tx, "move", id, sql);
}

export const closeDateTools = [setCloseDate, restoreCloseDate];
