import { approvalByCode, loadApproval } from "../approval/store.ts";
import { renderApproval } from "../card/approval.ts";
import type { Person } from "../identity/directory.ts";
import { planWith } from "../run/change-inputs.ts";
import { type Resolution, resolveApproval, type Wish } from "../run/resolve-approval.ts";
import { approvalWords } from "../run/run.ts";
import { type CardResult, refused } from "./card-result.ts";
import type { BotPorts, Incoming } from "./incoming.ts";
import { nameOf } from "./present-ports.ts";
import { viewOfApproval } from "./view.ts";

export const unknownApproval = refused(
  404,
  "NotFound",
  "I do not know that approval",
  "Type “my approvals” to see what waits for you.",
);

/** What somebody wants of an approval, as a card or a command says it. */
export type Say =
  | { verb: "approve"; changes?: Record<string, string> }
  | { verb: "reject"; reason?: string }
  | { verb: "ask"; question?: string }
  | { verb: "delegate"; to: string };

type Path = { approvalId: string; version?: number; via: Wish["via"] };

/** Approve, reject, ask, pass on, from a card or typed: all end at the one place that decides. */
export async function decideOn(ports: BotPorts, incoming: Incoming, path: Path, say: Say): Promise<CardResult> {
  const { approvalId, via, version: seenInputs } = path;
  const common = { approvalId, seenInputs, actor: incoming.person, actorId: incoming.personId, via };
  const wish = await wishOf(ports, common, say);
  if (wish === undefined) return unknownApproval;
  const resolution = await resolveApproval(ports, wish);
  if (resolution === undefined) return unknownApproval;
  ports.wake();
  return shown(ports, resolution);
}

async function wishOf(
  ports: BotPorts,
  common: Pick<Wish, "approvalId" | "seenInputs" | "actor" | "actorId" | "via">,
  say: Say,
): Promise<Wish | undefined> {
  switch (say.verb) {
    case "approve": {
      const changes = await realChanges(ports, common.approvalId, say.changes ?? {});
      if (Object.keys(changes).length === 0) return { ...common, verb: "approve" };
      const changed = await planWith(ports, common.approvalId, changes);
      return changed === undefined ? undefined : { ...common, verb: "approve", changed };
    }
    case "reject":
      return { ...common, verb: "reject", reason: say.reason };
    case "ask":
      return { ...common, verb: "ask", question: say.question };
    case "delegate":
      return { ...common, verb: "delegate", to: personNamed(ports, say.to) };
  }
}

/** What is typed as it was before is no change. */
async function realChanges(
  ports: BotPorts,
  approvalId: string,
  typed: Record<string, string>,
): Promise<Record<string, string>> {
  if (Object.keys(typed).length === 0) return {};
  const approval = await loadApproval(ports.pool, ports.tenantId, approvalId);
  const before = new Map(approval?.editable.map(({ slot, value }) => [slot, value]));
  return Object.fromEntries(
    Object.entries(typed).filter(([slot, value]) => value.trim() !== "" && before.get(slot) !== value.trim()),
  );
}

/** By the id that a card carries, or by the name that somebody typed, where it means one person only. */
export function personNamed({ directory }: Pick<BotPorts, "directory">, wanted: string): Person | undefined {
  const known = directory.byId(wanted);
  if (known?.kind === "person") return known;
  const named = directory.named(wanted);
  return named.length === 1 ? named[0] : undefined;
}

export async function decideByCode(ports: BotPorts, incoming: Incoming, code: string, say: Say): Promise<CardResult> {
  const approval = await approvalByCode(ports.pool, ports.tenantId, code);
  if (approval === undefined) return unknownApproval;
  const result = await decideOn(ports, incoming, { approvalId: approval.approvalId, via: "command" }, say);
  // Typed in a chat that may not show the card: the decision is told in words too.
  if (result.kind !== "card") return result;
  const now = await loadApproval(ports.pool, ports.tenantId, approval.approvalId);
  if (now?.status === "pending") {
    const said = {
      approve: "Your approval counts; others have to agree too.",
      reject: "",
      ask: "I have asked.",
      delegate: "I have passed it on.",
    };
    return { kind: "said", text: said[say.verb] };
  }
  const by = now?.decidedBy == null ? "" : ` by ${nameOf(ports, now.decidedBy)}`;
  const why = now?.status === "void" && now.reason !== null ? ` ${now.reason}` : "";
  return { kind: "said", text: `${approval.code} is ${approvalWords[now?.status ?? "pending"]}${by}.${why}` };
}

async function shown(ports: BotPorts, resolution: Resolution): Promise<CardResult> {
  const { approval } = resolution;
  switch (resolution.outcome) {
    case "not-yours":
      return refused(403, "NotYours", "You cannot decide this", `${resolution.why} Nothing was changed.`);
    case "not-now":
      return refused(409, "NotNow", "It cannot be decided at the moment", `${resolution.why} Nothing was changed.`);
    case "cannot-change":
      return refused(400, "CannotChange", "It cannot be changed that way", `${resolution.why} Nothing was changed.`);
    case "cannot-delegate":
      return refused(400, "CannotDelegate", "It cannot be passed on to them", `${resolution.why} Nothing was changed.`);
    case "already-voted":
      return refused(
        409,
        "AlreadyVoted",
        "You have approved this already",
        "Others have to agree too. Nothing was changed.",
      );
    case "reason-required": {
      const hint = `Write why, for example: reject ${approval.code} wrong invoice.`;
      return refused(400, "ReasonRequired", "A rejection needs a reason", `${hint} Nothing was changed.`);
    }
    case "question-required":
      return refused(
        400,
        "QuestionRequired",
        "What do you want to know?",
        `For example: ask ${approval.code} is there a photo?`,
      );
    case "approved":
    case "counted":
    case "rejected":
    case "asked":
    case "delegated":
    case "expired":
    case "stale":
    case "already": {
      const view = await viewOfApproval(ports.pool, ports, approval.approvalId);
      return view === undefined ? unknownApproval : { kind: "card", card: renderApproval(view), isNews: false };
    }
  }
}
