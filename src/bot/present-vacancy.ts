import { renderNotice } from "../card/notice.ts";
import { renderVacancy, type VacancyView } from "../card/vacancy.ts";
import { loadVacancy } from "../review/vacancies/store.ts";
import type { Queryable, Tx } from "../store/pool.ts";
import { copiesOf, post, update } from "./outbox.ts";
import { chatWith, nameOf, type PresentPorts } from "./present-ports.ts";
import { colleaguesFor } from "./view.ts";

export async function viewOfVacancy(
  db: Queryable,
  ports: Pick<PresentPorts, "tenantId" | "directory" | "registry">,
  vacancyId: string,
): Promise<VacancyView | undefined> {
  const vacancy = await loadVacancy(db, ports.tenantId, vacancyId);
  const record = vacancy && ports.registry.byId.get(vacancy.agentId);
  if (vacancy === undefined || record === undefined) return undefined;
  const { directory } = ports;
  return {
    ...{ vacancy, record, people: colleaguesFor(ports, record.cluster_id), nameOf: (id) => nameOf(ports, id) },
    ownerName: (upn) => directory.byUpn(upn)?.name ?? upn,
  };
}

/** Brings every card about a vacancy up to date, asks whoever leads the cluster, and tells whoever was named. */
export async function presentVacancy(tx: Tx, ports: PresentPorts, vacancyId: string): Promise<void> {
  const { tenantId } = ports;
  const view = await viewOfVacancy(tx, ports, vacancyId);
  if (view === undefined) return;
  const { vacancy, record } = view;
  const card = renderVacancy(view);
  const copies = await copiesOf(tx, tenantId, "vacancy", vacancyId);
  for (const copy of copies) await update(tx, tenantId, copy, card, Math.max(copy.version + 1, vacancy.version));
  if (vacancy.state === "open")
    for (const personId of ports.leadsOf(record.cluster_id)) {
      if (copies.some((copy) => copy.personId === personId)) continue;
      const target = await chatWith(tx, tenantId, personId);
      const about = { kind: "vacancy", id: vacancyId, view: "lead", version: vacancy.version } as const;
      await post(tx, tenantId, target, { card, about }, `vacancy:${vacancyId}:${personId}`, personId);
    }
  const owner = vacancy.state === "filled" ? ports.directory.byUpn(vacancy.ownerUpn) : undefined;
  if (owner === undefined) return;
  const target = await chatWith(tx, tenantId, owner.aadObjectId);
  const text = `${view.nameOf(vacancy.namedBy ?? "")} named you. You look it over when I ask, and hear of what monitoring says about it.`;
  const notice = renderNotice("accent", `You answer for ${record.display_name} now`, text);
  await post(tx, tenantId, target, { card: notice }, `vacancy:${vacancyId}:named`, owner.aadObjectId);
}
