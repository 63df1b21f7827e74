import { renderForgotten, renderProposedFact, renderQuarantinedFact } from "../../card/memory-question.ts";
import { loadFact } from "../../memory/facts/store.ts";
import type { Tx } from "../../store/pool.ts";
import { copiesOf, post, update } from "../outbox.ts";
import { chatWith, nameOf, type PresentPorts } from "../present-ports.ts";

/** Brings every card about something remembered up to date, and asks whoever leads the cluster about what is in quarantine. */
export async function presentMemory(tx: Tx, ports: PresentPorts, factId: string): Promise<void> {
  const { tenantId } = ports;
  const fact = await loadFact(tx, tenantId, factId);
  const copies = await copiesOf(tx, tenantId, "memory", factId);
  const who = fact === undefined ? "" : nameOf(ports, fact.personId);
  for (const copy of copies) {
    const card =
      fact === undefined
        ? renderForgotten()
        : copy.view === "lead"
          ? renderQuarantinedFact(fact, who)
          : renderProposedFact(fact);
    await update(tx, tenantId, copy, card, Math.max(copy.version + 1, fact?.version ?? 0));
  }
  if (fact?.state !== "quarantined") return;
  for (const personId of judgesOf(ports, fact.clusterId, fact.personId)) {
    if (copies.some((copy) => copy.personId === personId && copy.view === "lead")) continue;
    const target = await chatWith(tx, tenantId, personId);
    const about = { kind: "memory", id: factId, view: "lead", version: fact.version } as const;
    const key = `memory:${factId}:${personId}:${fact.version}`;
    await post(tx, tenantId, target, { card: renderQuarantinedFact(fact, who), about }, key, personId);
  }
}

/** The leads; what a lead had kept themselves is security's to look at. */
function judgesOf(ports: PresentPorts, clusterId: string, of: string): string[] {
  const leads = ports.leadsOf(clusterId).filter((personId) => personId !== of);
  return leads.length > 0 ? leads : ports.holdersOf("security").filter((personId) => personId !== of);
}
