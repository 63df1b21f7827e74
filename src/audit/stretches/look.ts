import type { Queryable } from "../../store/pool.ts";
import { firstBehind, linksIn, type Range } from "../chain/store.ts";
import { type Anchored, checkStretch, type Stretch } from "./stretch.ts";

/** Recomputes the links of a range from what the database holds, up to the first that is wrong. */
export async function lookAtStretch(
  db: Queryable,
  tenantId: string,
  range: Range,
  anchored: Anchored,
): Promise<Stretch> {
  const check = checkStretch(anchored);
  for await (const page of linksIn(db, tenantId, range))
    for (const link of page) if (check.next(link) !== undefined) return check.found();
  const found = check.found();
  if (found.first !== undefined) return found;
  // No link of the range is there: the gap ends at the next one, however far away somebody has put that.
  const next = await firstBehind(db, tenantId, range.upTo);
  if (next === undefined) return found;
  return { ...found, first: next, broken: { seq: next.seq, why: "a link is missing before it" } };
}
