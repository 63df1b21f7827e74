import type { Tx } from "../../store/pool.ts";
import { eachLink, firstBehind, type Range } from "../chain/store.ts";
import { type Anchored, checkStretch, type Stretch } from "./stretch.ts";

/** Recomputes the links of a range from what the database holds, up to the first that is wrong. */
export async function lookAtStretch(tx: Tx, tenantId: string, range: Range, anchored: Anchored): Promise<Stretch> {
  const check = checkStretch(anchored);
  await eachLink(tx, tenantId, range, (link) => check.next(link) === undefined);
  const found = check.found();
  if (found.first !== undefined) return found;
  // No link of the range is there: the gap ends at the next one, however far away somebody has put that.
  const next = await firstBehind(tx, tenantId, range.upTo);
  if (next === undefined) return found;
  return { ...found, first: next, broken: { seq: next.seq, why: "a link is missing before it" } };
}
