import { type Pool, type Tx, transaction } from "../store/pool.ts";
import type { Anchor, Anchors } from "./anchors/anchor.ts";
import { eachLink, headOf } from "./chain/store.ts";
import { checkLinks, type Fault } from "./check-links.ts";
import { checkPruned } from "./retention/pruned.ts";
import { unrecorded } from "./witnesses/store.ts";

/** What a look at a whole chain found. */
export type ChainReport = {
  tenantId: string;
  links: number;
  /** of these, how many hold no data any more */
  pruned: number;
  /** hash of the last link */
  head: string;
  /** anchors of this chain that were compared, and where the last of them is */
  anchors: number;
  anchoredUpTo: number;
  /** the first thing that is wrong */
  broken: Fault | undefined;
};

const NO_ANCHORS: Anchors = { anchors: [], last: undefined, faults: [] };

/**
 * Recomputes every link of a chain from what the database holds now, and compares it with the head, with all anchors, and with
 * what else the database says that happened. An edited or missing link breaks the chain; a cut tail differs from the head, from an
 * anchor, or from the turns and actions behind the last anchor; a chain that was replaced as a whole differs from its anchors.
 */
export async function verifyChain(pool: Pool, tenantId: string, anchors: Anchors = NO_ANCHORS): Promise<ChainReport> {
  return transaction(pool, async (tx) => {
    // Links are added all the time: head and links are of one moment.
    await tx.query("set transaction isolation level repeatable read, read only");
    return lookAt(tx, tenantId, anchors);
  });
}

async function lookAt(tx: Tx, tenantId: string, { anchors: all, faults }: Anchors): Promise<ChainReport> {
  const anchors = all.filter(({ tenant }) => tenant === tenantId);
  const anchored = Map.groupBy(anchors, ({ seq }) => seq);
  const head = await headOf(tx, tenantId);
  const check = checkLinks();
  const pruned = checkPruned();
  let prunedUntil: string | undefined;
  let broken: Fault | undefined;
  await eachLink(tx, tenantId, (link) => {
    broken = check.next(link) ?? pruned.next(link) ?? againstAnchors(link.hash, anchored.get(link.seq));
    if (link.pruned !== null) prunedUntil = link.at;
    return broken === undefined;
  });
  broken ??= pruned.end() ?? atTheEnd(check, head, anchors);
  broken ??= await atTheTail(tx, tenantId, check.seq, { anchoredAt: anchors.at(-1)?.at, prunedUntil });
  const [fault] = faults;
  broken ??= fault === undefined ? undefined : { seq: check.seq, why: fault };
  return {
    ...{ tenantId, links: check.seq, pruned: pruned.count(), head: check.hash, broken },
    ...{ anchors: anchors.length, anchoredUpTo: anchors.at(-1)?.seq ?? 0 },
  };
}

function againstAnchors(hash: string, anchors: readonly Anchor[] | undefined): Fault | undefined {
  const other = anchors?.find((anchor) => anchor.hash !== hash);
  return (
    other && { seq: other.seq, why: `it is not the link that was anchored at ${other.at}: the chain was replaced` }
  );
}

function atTheEnd(
  { seq, hash }: { seq: number; hash: string },
  head: { seq: number; hash: string } | undefined,
  anchors: readonly Anchor[],
): Fault | undefined {
  const beyond = anchors.find((anchor) => anchor.seq > seq);
  if (beyond !== undefined)
    return { seq: seq + 1, why: `links are missing at the end: link ${beyond.seq} was anchored at ${beyond.at}` };
  if (seq === (head?.seq ?? 0) && (seq === 0 || hash === head?.hash)) return undefined;
  return { seq: seq + 1, why: "links are missing at the end" };
}

/** A transaction may have begun before an anchor was taken, and ended after it. */
const MARGIN_MS = 60_000;

async function atTheTail(
  tx: Tx,
  tenantId: string,
  seq: number,
  { anchoredAt, prunedUntil }: { anchoredAt: string | undefined; prunedUntil: string | undefined },
): Promise<Fault | undefined> {
  const covered = anchoredAt && new Date(Date.parse(anchoredAt) - MARGIN_MS).toISOString();
  // What was pruned says no longer of which turn it was.
  const since = [covered, prunedUntil].filter((at) => at !== undefined).sort();
  const found = await unrecorded(tx, tenantId, since.at(-1));
  return found && { seq: seq + 1, ...found };
}
