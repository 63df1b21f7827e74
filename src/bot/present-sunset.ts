import { renderSunset, type SunsetView } from "../card/sunset.ts";
import { loadSunset } from "../review/sunsets/store.ts";
import type { Queryable, Tx } from "../store/pool.ts";
import { copiesOf, post, update } from "./outbox.ts";
import { chatWith, nameOf, type PresentPorts, whoAnswers } from "./present-ports.ts";

export async function viewOfSunset(
  db: Queryable,
  ports: Pick<PresentPorts, "tenantId" | "directory" | "registry" | "clock">,
  sunsetId: string,
): Promise<Omit<SunsetView, "isOwners"> | undefined> {
  const sunset = await loadSunset(db, ports.tenantId, sunsetId);
  const record = sunset && ports.registry.byId.get(sunset.agentId);
  if (sunset === undefined || record === undefined) return undefined;
  const successor = ports.registry.byId.get(sunset.successorId ?? "");
  return { sunset, record, successor, now: await ports.clock.now(db), nameOf: (id) => nameOf(ports, id) };
}

const LEAD = " lead";

/** A card of its own for each stage, so that nobody overlooks it; those of former stages say what has become of it. */
export async function presentSunset(tx: Tx, ports: PresentPorts, sunsetId: string): Promise<void> {
  const { tenantId } = ports;
  const view = await viewOfSunset(tx, ports, sunsetId);
  if (view === undefined) return;
  const { sunset } = view;
  const copies = await copiesOf(tx, tenantId, "sunset", sunsetId);
  for (const copy of copies) {
    const card = renderSunset({ ...view, isOwners: !copy.view.endsWith(LEAD) });
    await update(tx, tenantId, copy, card, Math.max(copy.version + 1, sunset.version));
  }
  if (sunset.stage === "moved") return;
  const owners = whoAnswers(ports, sunset.agentId);
  const tell = async (personId: string, isOwners: boolean): Promise<void> => {
    const name = `${sunset.stage}${isOwners ? "" : LEAD}`;
    if (copies.some((copy) => copy.personId === personId && copy.view === name)) return;
    const target = await chatWith(tx, tenantId, personId);
    const about = { kind: "sunset", id: sunsetId, view: name, version: sunset.version } as const;
    const card = renderSunset({ ...view, isOwners });
    await post(tx, tenantId, target, { card, about }, `sunset:${sunsetId}:${name}:${personId}`, personId);
  };
  for (const personId of owners) await tell(personId, true);
  // Where the owner is silent, whoever leads the cluster hears of what its people will miss; of the end in any case.
  if (sunset.stage === "warned" || (sunset.stage === "final" && sunset.acknowledgedAt !== null)) return;
  for (const personId of ports.leadsOf(view.record.cluster_id))
    if (!owners.includes(personId)) await tell(personId, false);
}
