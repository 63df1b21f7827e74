import { appendAudit } from "../audit/store.ts";
import { renderBatch } from "../card/batch.ts";
import { renderNotice } from "../card/notice.ts";
import type { ApprovalView } from "../card/run-view.ts";
import { digestOfAll } from "../connector/digest.ts";
import { SignalboxError } from "../errors.ts";
import { mayDecideInBatch } from "../policy/may-decide.ts";
import { matterOf } from "../run/matter.ts";
import { resolveIn } from "../run/resolve-approval.ts";
import { transaction } from "../store/pool.ts";
import { type CardResult, refused } from "./card-result.ts";
import type { BotPorts, Incoming } from "./incoming.ts";
import { viewOfApproval } from "./view.ts";

/** What would be approved together, before anything is: a table of what each does. */
export async function previewBatch(ports: BotPorts, incoming: Incoming, ids: readonly string[]): Promise<CardResult> {
  const views = await batchOf(ports, incoming, ids);
  if (views.length < 2)
    return refused(409, "NothingToBatch", "There is nothing to approve together", "Decide on each by itself.");
  return { kind: "card", card: renderBatch(views, digestOf(views)), isNews: true };
}

/** All of them or none. What was shown is what is approved: the digest over all of it comes back with the click. */
export async function approveBatch(
  ports: BotPorts,
  incoming: Incoming,
  ids: readonly string[],
  digest: string,
): Promise<CardResult> {
  const views = await batchOf(ports, incoming, ids);
  const nothing = "Nothing was approved. Type “my approvals” to see what waits now.";
  const refuse = async (title: string, why: string): Promise<CardResult> => {
    // The attempt is evidence, also where all that it did was rolled back.
    await appendAudit(ports.pool, {
      ...{ tenantId: ports.tenantId, kind: "approval.batch-refused", actor: incoming.personId },
      data: { approvalIds: ids, digest, why },
    });
    return refused(409, "Changed", title, `${why}${nothing}`);
  };
  if (views.length !== ids.length || digestOf(views) !== digest)
    return refuse("What you saw is not what waits any more", "");
  try {
    // In one order, so that two batches never wait for each other.
    const sorted = [...views].sort((a, b) => (a.approval.runId < b.approval.runId ? -1 : 1));
    await transaction(ports.pool, async (tx) => {
      for (const { approval } of sorted) {
        const { person: actor, personId: actorId } = incoming;
        const { approvalId, inputsVersion: seenInputs } = approval;
        const resolution = await resolveIn(tx, ports, {
          approvalId,
          seenInputs,
          actor,
          actorId,
          via: "batch",
          verb: "approve",
        });
        const isSay = resolution?.outcome === "approved" || resolution?.outcome === "counted";
        if (!isSay) throw new SignalboxError("batch-refused", `${approval.code}: ${resolution?.outcome ?? "unknown"}`);
      }
    });
  } catch (error) {
    if (!(error instanceof SignalboxError) || error.code !== "batch-refused") throw error;
    return refuse("One of them cannot be approved any more", `${error.message}. `);
  }
  ports.wake();
  const codes = views.map(({ approval }) => approval.code).join(", ");
  return { kind: "card", card: renderNotice("good", `You approved ${views.length} together`, codes), isNews: true };
}

/** Those of them that wait, and that policy lets this person approve together. */
async function batchOf(ports: BotPorts, incoming: Incoming, ids: readonly string[]): Promise<ApprovalView[]> {
  const views = await Promise.all([...new Set(ids)].map((id) => viewOfApproval(ports.pool, ports, id)));
  return views.filter(
    (view): view is ApprovalView =>
      view?.approval.status === "pending" &&
      mayDecideInBatch(ports.policies, incoming.person, matterOf(view.approval, ports)),
  );
}

function digestOf(views: readonly ApprovalView[]): string {
  return digestOfAll(
    views.map(({ approval }) => ({
      tool: approval.approvalId,
      args: { digest: approval.digest, inputs: approval.inputsVersion },
    })),
  );
}
