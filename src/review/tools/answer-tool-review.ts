import { appendAudit } from "../../audit/store.ts";
import { type Named, nameFaults } from "../../connector/tools/look-alikes.ts";
import { decideToolReview, lockToolReview, releasedTools } from "../../connector/tools/store.ts";
import type { ToolReview } from "../../connector/tools/tool-review.ts";
import type { Person } from "../../identity/directory.ts";
import { mayReviewTools } from "../../policy/may-review-tools.ts";
import { type Tx, transaction } from "../../store/pool.ts";
import type { ReviewPorts } from "../ports.ts";

export type ToolWish = {
  reviewId: string;
  person: Person | undefined;
  personId: string;
  state: "released" | "kept-out";
  why: string;
};
/** `refused`: it cannot be done, whoever wants it */
export type ToolOutcome = { outcome: "done" | "already" | "gone" } | { outcome: "not-yours" | "refused"; why: string };

type Ports = Pick<ReviewPorts, "pool" | "tenantId" | "policies" | "inventory" | "pins">;

/**
 * The one place where tools come out of quarantine, or stay in it for good. What was released while Signalbox runs may be kept out
 * again; what was reviewed with the code is changed with the code. Cards follow at the next sweep.
 */
export async function answerToolReview(ports: Ports, wish: ToolWish): Promise<ToolOutcome> {
  const { pool, tenantId, inventory } = ports;
  const { reviewId, person, personId, state } = wish;
  return transaction(pool, async (tx) => {
    const review = await lockToolReview(tx, tenantId, reviewId);
    if (review === undefined) return { outcome: "gone" };
    const { system } = review;
    const may = mayReviewTools(ports, person, { system, owner: inventory.get(system)?.owner ?? "" });
    const audit = (kind: string, data: Record<string, unknown>): Promise<void> =>
      appendAudit(tx, { tenantId, kind, actor: personId, data: { reviewId, system, policyId: may.policyId, ...data } });
    if (!may.permitted) {
      await audit("tool.attempt-refused", { state, refused: may.reason });
      return { outcome: "not-yours", why: may.reason };
    }
    if (review.state === state) return { outcome: "already" };
    const why = wish.why.trim();
    if (why === "") return { outcome: "refused", why: "Say why: whoever audits the fleet reads it." };
    const faults = state === "released" ? await faultsOf(tx, ports, review) : [];
    if (faults.length > 0) return { outcome: "refused", why: `${faults.slice(0, 3).join("; ")}.` };
    await decideToolReview(tx, tenantId, reviewId, { state, by: personId, why });
    const tools = review.changes.map(({ tool, fingerprint }) => ({ tool, fingerprint }));
    await audit(`tool.${state}`, { tools, former: review.state, why });
    return { outcome: "done" };
  });
}

/** A tool that can be taken for one of another system is not registered, whoever would like it. */
async function faultsOf(tx: Tx, { tenantId, pins }: Ports, { system, changes }: ToolReview): Promise<string[]> {
  // Two releases at once must see each other's names.
  await tx.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [`tool-names:${tenantId}`]);
  const known: Named[] = [...pins, ...(await releasedTools(tx, tenantId))];
  return nameFaults(
    changes.map(({ tool, fingerprint }) => ({ system, tool, fingerprint })),
    known,
  );
}
