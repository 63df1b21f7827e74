import type { Queryable } from "../../../store/pool.ts";
import { lookUp } from "../lookup.ts";
import type { Candidate } from "../pick.ts";
import { Refusal } from "../refusal.ts";
import { EMPLOYEES } from "./employee-tools.ts";

/**
 * The employee who is meant, where whoever asks may know what is private to them: it is themselves, somebody who reports to
 * them, or the one who asks works in HR. Signalbox's policy says the same before it calls; this is what holds if it did not.
 * @param personId object id of whoever asks, from the token of the call
 * @throws Refusal, in the same words for everybody who may not
 */
export async function lookUpPrivate(db: Queryable, wanted: string, personId: string): Promise<Candidate> {
  const meant = await lookUp(db, "employee", wanted, EMPLOYEES);
  const found = await db.query<{ may: boolean }>(
    `select me.upn = $2 or me.department = 'HR' or me.upn is not distinct from e.manager as may
       from sign_in s join employee me using (upn) join employee e on e.upn = $2 where s.object_id = $1`,
    [personId, meant.id],
  );
  if (found.rows[0]?.may !== true)
    throw new Refusal(`What is private to ${meant.name} is told to them, to whom they report, and to HR.`);
  return meant;
}
