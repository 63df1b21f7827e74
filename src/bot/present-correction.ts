import { type CorrectionView, renderCorrection } from "../card/correction.ts";
import { renderNotice } from "../card/notice.ts";
import { isWorthACard, pupilOf } from "../correction/correction.ts";
import { loadGroup } from "../correction/store.ts";
import { loadLesson } from "../registry/lessons/store.ts";
import type { Queryable, Tx } from "../store/pool.ts";
import { copiesOf, post, postedSince, update } from "./outbox.ts";
import { chatWith, nameOf, type PresentPorts, whoAnswers } from "./present-ports.ts";

/** More cards than these in a day are not read: the rest waits in the list. */
const MOST_CARDS_A_DAY = 5;

/** All that the cards about a group of corrections show; undefined where whoever said so has taken it back. */
export async function viewOfGroup(
  db: Queryable,
  ports: Pick<PresentPorts, "tenantId" | "directory" | "agentName">,
  groupId: string,
): Promise<CorrectionView | undefined> {
  const corrections = await loadGroup(db, ports.tenantId, groupId);
  const [first] = corrections;
  if (first === undefined) return undefined;
  const lesson = first.state === "approved" ? await loadLesson(db, ports.tenantId, groupId) : undefined;
  return { first, corrections, lesson, nameOf: (id) => nameOf(ports, id), agentName: ports.agentName };
}

/** Brings every card about a group up to date, asks whoever answers for the agent, and tells the end to those who said so. */
export async function presentCorrection(tx: Tx, ports: PresentPorts, groupId: string): Promise<void> {
  const { tenantId } = ports;
  const view = await viewOfGroup(tx, ports, groupId);
  const copies = await copiesOf(tx, tenantId, "correction", groupId);
  const card = view === undefined ? takenBack : renderCorrection(view);
  for (const copy of copies) await update(tx, tenantId, copy, card, copy.version + 1);
  if (view === undefined) return;
  if (view.first.state !== "open") return tellTheEnd(tx, ports, view);
  if (!isWorthACard(view.corrections)) return;
  const asked = copies.map(({ personId }) => personId);
  for (const personId of whoAnswers(ports, pupilOf(view.first).agentId)) {
    if (asked.includes(personId)) continue;
    const target = await chatWith(tx, tenantId, personId);
    if ((await postedSince(tx, tenantId, "correction", personId, "1 day")) < MOST_CARDS_A_DAY) {
      const about = { kind: "correction", id: groupId, view: "owner", version: 1 } as const;
      await post(tx, tenantId, target, { card, about }, `correction:${groupId}:${personId}`, personId);
    } else {
      const day = new Date().toISOString().slice(0, 10);
      const text =
        "More people have corrected me about your agents today. Type “corrections” to see what waits for you.";
      await post(tx, tenantId, target, { text }, `corrections-wait:${personId}:${day}`, personId);
    }
  }
}

const takenBack = renderNotice(
  "default",
  "This correction was taken back",
  "Whoever made it has changed their mind. Nothing was learnt.",
);

/** Whoever contradicted an answer hears what became of it; whoever only made a choice does not expect to. */
async function tellTheEnd(tx: Tx, ports: PresentPorts, { first, corrections, lesson }: CorrectionView): Promise<void> {
  const { tenantId } = ports;
  const agent = ports.agentName(pupilOf(first).agentId);
  const by = nameOf(ports, first.decidedBy ?? "");
  const outcome =
    first.state === "approved"
      ? `${by} has let ${agent} learn it as “${lesson?.utterance ?? first.said}”. Thank you.`
      : `${by} has decided that ${agent} does not learn it${first.why === null ? "." : `: ${first.why}`}`;
  const people = new Set(corrections.filter(({ kind }) => kind === "wrong-agent").map(({ personId }) => personId));
  for (const personId of people) {
    if (personId === first.decidedBy) continue;
    const target = await chatWith(tx, tenantId, personId);
    const text = `You corrected me about “${first.said.slice(0, 200)}”. ${outcome}`;
    await post(tx, tenantId, target, { text }, `correction-ended:${first.groupId}:${personId}`, personId);
  }
}
