import { z } from "zod";
import type { Tx } from "../../../store/pool.ts";
import { lookUp, oneRow } from "../lookup.ts";
import { Refusal } from "../refusal.ts";
import { Id, Note, Wanted, written } from "../shapes.ts";
import { writeTool } from "../tool.ts";
import { APPLICATIONS, GRANTS, grant, grantColumns, Level } from "./access.ts";
import { PEOPLE } from "./ticket.ts";

const Grant = z.strictObject(grant);
type Grant = z.infer<typeof Grant>;
const Has = z.strictObject({ level: Level.nullable() });

const grantAccess = writeTool({
  name: "grant_access",
  description: "Gives a person access to an application, group or share.",
  input: { application: Wanted, person: Wanted, level: Level, reason: Note },
  output: { ...grant, ...written(Has, Has) },
  compensation: "revoke_access",
  async run(tx, { application: wantedApplication, person: wantedPerson, level, reason }) {
    const { id, name } = await lookUp(tx, "application, group or share", wantedApplication, APPLICATIONS);
    const person = await lookUp(tx, "person", wantedPerson, PEOPLE);
    await refuseSecondGrant(tx, { id, name }, person);
    const { rows } = await tx.query<{ grant_id: string }>(
      `insert into access_grant (grant_id, app_id, upn, level, reason)
       values ('GRA-' || nextval('access_grant_number'), $1, $2, $3, $4) returning grant_id`,
      [id, person.id, level, reason],
    );
    const given = await grantOf(tx, rows[0]?.grant_id ?? "");
    return { ...given, changed: true, before: { level: null }, after: { level } };
  },
});

const revokeAccess = writeTool({
  name: "revoke_access",
  description: "Takes access away: the grant ends today. Safe to repeat.",
  input: { grant_id: Id },
  output: { ...grant, ...written(Has, Has) },
  compensation: "restore_access",
  async run(tx, { grant_id }) {
    const changed = await isCurrent(tx, grant_id);
    if (changed) await tx.query("update access_grant set revoked_on = current_date where grant_id = $1", [grant_id]);
    const taken = await grantOf(tx, grant_id);
    return { ...taken, changed, before: { level: changed ? taken.level : null }, after: { level: null } };
  },
});

const restoreAccess = writeTool({
  name: "restore_access",
  description: "Gives access back that was taken away, under the same grant. Safe to repeat.",
  input: { grant_id: Id },
  output: { ...grant, ...written(Has, Has) },
  compensation: "revoke_access",
  async run(tx, { grant_id }) {
    const changed = !(await isCurrent(tx, grant_id));
    const given = await grantOf(tx, grant_id);
    if (changed) {
      const application = { id: given.app_id, name: given.app_name };
      await refuseSecondGrant(tx, application, { id: given.upn, name: given.person_name });
      await tx.query("update access_grant set revoked_on = null where grant_id = $1", [grant_id]);
    }
    return { ...given, changed, before: { level: changed ? null : given.level }, after: { level: given.level } };
  },
});

type Named = { id: string; name: string };

/** The index forbids it too; this says why. The application is locked, so that two callers do not both find nothing. */
async function refuseSecondGrant(tx: Tx, application: Named, person: Named): Promise<void> {
  await tx.query("select 1 from application where app_id = $1 for update", [application.id]);
  const found = await tx.query<{ grant_id: string; level: string }>(
    "select grant_id, level from access_grant where app_id = $1 and upn = $2 and revoked_on is null",
    [application.id, person.id],
  );
  const [current] = found.rows;
  if (current !== undefined)
    throw new Refusal(
      `${person.name} has ${current.level} access to ${application.name} already (${current.grant_id}). Take that away first if the level should change.`,
    );
}

async function isCurrent(tx: Tx, grantId: string): Promise<boolean> {
  const sql = "select revoked_on is null as current from access_grant where grant_id = $1 for update";
  return (await oneRow<{ current: boolean }>(tx, "grant", grantId, sql)).current;
}

function grantOf(tx: Tx, grantId: string): Promise<Grant> {
  return oneRow<Grant>(tx, "grant", grantId, `select ${grantColumns} ${GRANTS} where g.grant_id = $1`);
}

export const accessWriteTools = [grantAccess, revokeAccess, restoreAccess];
