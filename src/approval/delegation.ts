/** Somebody passes their say on for a time: out of office. Ids are aadObjectIds. */
export type Delegation = { delegationId: string; fromId: string; toId: string; startsAt: Date; endsAt: Date };

/** How often a say may be passed on: longer chains are a mistake, and nobody could follow them. */
const MAX_CHAIN = 5;

/** Who may use this person's say at this moment: the last of the chain is who is there. */
export function standInFor(personId: string, delegations: readonly Delegation[], now: Date): string {
  let current = personId;
  const seen = new Set([personId]);
  for (let depth = 0; depth < MAX_CHAIN; depth++) {
    const next = delegations.find((one) => one.fromId === current && isOpen(one, now))?.toId;
    // A circle: nobody in it is there, so it stays with whom it belongs.
    if (next === undefined) return current;
    if (seen.has(next)) return personId;
    seen.add(next);
    current = next;
  }
  return current;
}

/** Whose says this person may use: all who passed theirs on to them, directly or over others. */
export function standsInFor(personId: string, delegations: readonly Delegation[], now: Date): string[] {
  const holders = [...new Set(delegations.map(({ fromId }) => fromId))].filter((id) => id !== personId);
  return holders.filter((holder) => standInFor(holder, delegations, now) === personId);
}

/** Why somebody cannot pass their say on to this person; undefined where they can. */
export function refusalOf(wish: Delegation, open: readonly Delegation[]): string | undefined {
  if (wish.toId === wish.fromId) return "You cannot stand in for yourself.";
  if (wish.endsAt <= wish.startsAt) return "It would end before it begins.";
  if (standInFor(wish.toId, open, wish.startsAt) === wish.fromId || leadsTo(wish.toId, wish.fromId, open, wish))
    return "They pass their own say on to you in that time: nobody would decide.";
  return undefined;
}

function leadsTo(from: string, to: string, open: readonly Delegation[], wish: Delegation): boolean {
  const seen = new Set<string>();
  const next = [from];
  for (let id = next.pop(); id !== undefined; id = next.pop()) {
    if (id === to) return true;
    if (seen.has(id)) continue;
    seen.add(id);
    next.push(
      ...open
        .filter((one) => one.fromId === id && one.startsAt < wish.endsAt && wish.startsAt < one.endsAt)
        .map(({ toId }) => toId),
    );
  }
  return false;
}

function isOpen({ startsAt, endsAt }: Delegation, now: Date): boolean {
  return startsAt <= now && now < endsAt;
}
