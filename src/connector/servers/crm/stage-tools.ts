import { z } from "zod";
import type { Tx } from "../../../store/pool.ts";
import { oneRow } from "../lookup.ts";
import { Refusal } from "../refusal.ts";
import { Id, Text, written } from "../shapes.ts";
import { writeTool } from "../tool.ts";
import { type Deal, lockDeal, PROBABILITY, Stage } from "./deal.ts";

const Standing = z.strictObject({ stage: Stage, probability: z.number().int() });
const standing = ({ stage, probability }: Deal): z.infer<typeof Standing> => ({ stage, probability });
const moved = { opportunity_id: Text, title: Text, change_id: Text, ...written(Standing, Standing) };

const setStage = writeTool({
  name: "set_opportunity_stage",
  description: "Moves an open opportunity to another stage, with the probability of that stage. Each move is kept.",
  input: { opportunity_id: Id, stage: Stage },
  output: moved,
  compensation: "restore_opportunity_stage",
  async run(tx, { opportunity_id, stage }) {
    const before = await lockDeal(tx, opportunity_id);
    if (before.stage === "won" || before.stage === "lost")
      throw new Refusal(`${opportunity_id} is ${before.stage}: a closed deal is not moved any more.`);
    if (before.stage === stage) throw new Refusal(`${opportunity_id} is in ${stage} already.`);
    const added = await tx.query<{ change_id: string }>(
      `insert into stage_change (change_id, opportunity_id, from_stage, to_stage, from_probability)
       values ('STG-' || nextval('stage_change_number'), $1, $2, $3, $4) returning change_id`,
      [opportunity_id, before.stage, stage, before.probability],
    );
    await put(tx, opportunity_id, stage, PROBABILITY[stage]);
    return {
      opportunity_id,
      title: before.title,
      change_id: added.rows[0]?.change_id ?? "",
      changed: true,
      before: standing(before),
      after: standing(await lockDeal(tx, opportunity_id)),
    };
  },
});

type Change = {
  opportunity_id: string;
  from_stage: string;
  to_stage: string;
  from_probability: number;
  undone: boolean;
};

const restoreStage = writeTool({
  name: "restore_opportunity_stage",
  description: "Puts an opportunity back into the stage that it had before a move. Safe to repeat.",
  input: { change_id: Id },
  output: moved,
  async run(tx, { change_id }) {
    const { opportunity_id } = await oneChange(tx, change_id);
    const before = await lockDeal(tx, opportunity_id);
    // Read again under the deal's lock: two callers must not both put it back.
    const change = await oneChange(tx, change_id);
    if (!change.undone) {
      if (before.stage !== change.to_stage)
        throw new Refusal(`${opportunity_id} has gone on to ${before.stage} since: move it from there.`);
      await put(tx, opportunity_id, change.from_stage, change.from_probability);
      await tx.query("update stage_change set undone = true where change_id = $1", [change_id]);
    }
    const after = standing(await lockDeal(tx, opportunity_id));
    const { title } = before;
    return { opportunity_id, title, change_id, changed: !change.undone, before: standing(before), after };
  },
});

/** The first stage of a deal has nothing before it, so there is nothing to restore. @throws Refusal */
function oneChange(tx: Tx, id: string): Promise<Change> {
  const sql = `select opportunity_id, from_stage, to_stage, from_probability, undone from stage_change
    where change_id = $1 and from_stage is not null`;
  return oneRow(tx, "move", id, sql);
}

async function put(tx: Tx, opportunityId: string, stage: string, probability: number): Promise<void> {
  const sql = "update opportunity set stage = $2, probability = $3 where opportunity_id = $1";
  await tx.query(sql, [opportunityId, stage, probability]);
}

export const stageTools = [setStage, restoreStage];
