import { randomUUID } from "node:crypto";
import { askedFor } from "../approval/asked/store.ts";
import { authorityOf } from "../approval/authority.ts";
import { type Delegation, refusalOf } from "../approval/delegation.ts";
import { endDelegations, insertDelegation, openDelegations } from "../approval/delegations/store.ts";
import { answerQuestion } from "../approval/questions/store.ts";
import { appendApprovalEvent, approvalByCode, loadApproval, touchApproval } from "../approval/store.ts";
import { appendAudit } from "../audit/store.ts";
import { renderApproval } from "../card/approval.ts";
import { renderQuestion } from "../card/question.ts";
import { amend } from "../run/change-inputs.ts";
import { matterOf } from "../run/matter.ts";
import { lockRun } from "../run/store.ts";
import { takeTurns } from "../store/advisory-lock.ts";
import { transaction } from "../store/pool.ts";
import { type CardResult, refused } from "./card-result.ts";
import { personNamed, unknownApproval } from "./decide.ts";
import type { BotPorts, Incoming } from "./incoming.ts";
import { post } from "./outbox.ts";
import { chatWith } from "./present-ports.ts";
import { viewOfApproval } from "./view.ts";

const notYoursToAnswer = refused(
  403,
  "NotYours",
  "This is not yours to answer",
  "The person who asked for it was asked. Nothing was changed.",
);
const nothingToAnswer = refused(
  409,
  "NoQuestion",
  "Nobody waits for an answer",
  "There is no open question. Nothing was changed.",
);

/** The requester answers what an approver wanted to know; everybody who was asked sees it on their card. */
export async function answer(
  ports: BotPorts,
  incoming: Incoming,
  approvalId: string,
  text: string,
): Promise<CardResult> {
  const { tenantId, pool } = ports;
  const said = text.trim();
  const approval = await loadApproval(pool, tenantId, approvalId);
  if (approval === undefined) return unknownApproval;
  if (approval.requesterId !== incoming.personId) return notYoursToAnswer;
  if (approval.status !== "pending")
    return refused(409, "Over", "It is decided already", `It is ${approval.status}. Nothing was changed.`);
  if (said === "")
    return refused(
      400,
      "AnswerRequired",
      "Your answer is empty",
      `For example: answer ${approval.code} yes, two pallets.`,
    );
  const answered = await transaction(pool, async (tx) => {
    await lockRun(tx, tenantId, approval.runId);
    const question = await answerQuestion(tx, tenantId, approvalId, said);
    if (question === undefined) return undefined;
    await appendApprovalEvent(tx, tenantId, approvalId, "answered", { number: question.number });
    await appendAudit(tx, {
      ...{ tenantId, kind: "approval.answered", actor: incoming.personId, runId: approval.runId },
      data: { approvalId, number: question.number },
    });
    await touchApproval(tx, tenantId, approvalId);
    await ports.announce(tx, { kind: "run", id: approval.runId });
    return question;
  });
  if (answered === undefined) return nothingToAnswer;
  ports.wake();
  const view = await viewOfApproval(pool, ports, approvalId);
  return view === undefined ? unknownApproval : { kind: "card", card: renderQuestion(view, answered), isNews: false };
}

export async function answerByCode(
  ports: BotPorts,
  incoming: Incoming,
  code: string,
  text: string,
): Promise<CardResult> {
  const approval = await approvalByCode(ports.pool, ports.tenantId, code);
  if (approval === undefined) return unknownApproval;
  const result = await answer(ports, incoming, approval.approvalId, text);
  return result.kind === "card" ? { kind: "said", text: "Thank you. Those who decide see your answer." } : result;
}

/** Shows the whole card of an approval again, to somebody who may decide on it. */
export async function openApproval(ports: BotPorts, incoming: Incoming, approvalId: string): Promise<CardResult> {
  const { tenantId, pool } = ports;
  const view = await viewOfApproval(pool, ports, approvalId);
  if (view === undefined) return unknownApproval;
  const { approval } = view;
  const policies = await ports.policiesInForce(ports.pool);
  const around = { policies, directory: ports.directory, asked: await askedFor(pool, tenantId, approvalId) };
  const may = authorityOf(incoming.person, matterOf(approval, ports), {
    ...around,
    ...(await openDelegations(pool, tenantId)),
  });
  if (!may.permitted) return refused(403, "NotYours", "You cannot decide this", `${may.reason} Nothing was changed.`);
  const about = { kind: "approval", id: approvalId, view: "approver", version: approval.version } as const;
  const target = await chatWith(pool, tenantId, incoming.personId);
  const key = `approval:${approvalId}:opened:${incoming.activityId}`;
  await post(pool, tenantId, target, { card: renderApproval(view), about }, key, incoming.personId);
  ports.wake();
  return { kind: "said", text: `${approval.code} is below.` };
}

/** Shows the requester their open question again, with the field for the answer. */
export async function openQuestion(ports: BotPorts, incoming: Incoming, approvalId: string): Promise<CardResult> {
  const { tenantId, pool } = ports;
  const view = await viewOfApproval(pool, ports, approvalId);
  if (view === undefined) return unknownApproval;
  const { approval } = view;
  if (approval.requesterId !== incoming.personId) return notYoursToAnswer;
  const question = approval.questions.find(({ answer }) => answer === null);
  if (approval.status !== "pending" || question === undefined) return nothingToAnswer;
  const about = { kind: "approval", id: approvalId, view: `question ${question.number}`, version: 0 } as const;
  const key = `question:${approvalId}:opened:${incoming.activityId}`;
  const here = { conversationId: incoming.place.conversationId };
  await post(pool, tenantId, here, { card: renderQuestion(view, question), about }, key, incoming.personId);
  ports.wake();
  return { kind: "said", text: "The question is below." };
}

/** "change 7Q2K amount to 300": the requester meant something else. */
export async function change(
  ports: BotPorts,
  incoming: Incoming,
  wish: { code: string; slot: string; value: string },
): Promise<CardResult> {
  const approval = await approvalByCode(ports.pool, ports.tenantId, wish.code);
  if (approval === undefined) return unknownApproval;
  const slot = approval.editable.find(
    (one) => one.slot === wish.slot.toLowerCase() || one.label.toLowerCase() === wish.slot.toLowerCase(),
  );
  if (slot === undefined) {
    const can = approval.editable.map(({ label }) => label.toLowerCase()).join(", ");
    return refused(
      400,
      "CannotChange",
      "That cannot be changed",
      can === "" ? "Withdraw it and ask again." : `What can be changed: ${can}.`,
    );
  }
  const { person: actor, personId: actorId } = incoming;
  const amended = await amend(ports, {
    approvalId: approval.approvalId,
    changes: { [slot.slot]: wish.value },
    actor,
    actorId,
  });
  ports.wake();
  switch (amended.outcome) {
    case "unknown":
      return unknownApproval;
    case "not-yours":
      return refused(403, "NotYours", "You cannot change this", `${amended.why} Nothing was changed.`);
    case "refused":
      return refused(400, "CannotChange", "It cannot be changed that way", `${amended.why} Nothing was changed.`);
    case "done":
      return { kind: "said", text: `${approval.code} is superseded, and those who decide are asked anew.` };
  }
}

const DAY_MS = 86_400_000;

/** Out of office: somebody passes their say on for some days. */
export async function delegate(
  ports: BotPorts,
  incoming: Incoming,
  wish: { to: string; days: number },
): Promise<CardResult> {
  const { tenantId, pool } = ports;
  const refuse = (why: string): CardResult =>
    refused(400, "CannotDelegate", "You cannot pass your say on to them", `${why} Nothing was changed.`);
  if (incoming.person === undefined) return refuse("Only people of the directory have a say.");
  const to = personNamed(ports, wish.to);
  if (to === undefined) return refuse(`I cannot tell who “${wish.to.slice(0, 60)}” is: write their whole name.`);
  const startsAt = new Date();
  const one: Delegation = {
    ...{ delegationId: randomUUID(), fromId: incoming.personId, toId: to.aadObjectId, startsAt },
    endsAt: new Date(startsAt.getTime() + wish.days * DAY_MS),
  };
  const refusal = await transaction(pool, async (tx) => {
    // One after the other: two people who pass on to each other at one moment would both be let through.
    await takeTurns(tx, `delegation:${tenantId}`);
    const { delegations } = await openDelegations(tx, tenantId);
    const why = refusalOf(
      one,
      delegations.filter(({ fromId }) => fromId !== one.fromId),
    );
    const kind = why === undefined ? "delegation.begun" : "delegation.refused";
    await appendAudit(tx, {
      tenantId,
      kind,
      actor: incoming.personId,
      data: { to: one.toId, endsAt: one.endsAt, why: why ?? null },
    });
    if (why !== undefined) return why;
    await endDelegations(tx, tenantId, one.fromId);
    await insertDelegation(tx, tenantId, one);
    return undefined;
  });
  if (refusal !== undefined) return refuse(refusal);
  const until = one.endsAt.toISOString().slice(0, 10);
  const target = await chatWith(pool, tenantId, to.aadObjectId);
  const text = `${incoming.personName} passes their say on to you until ${until}. Both your names are kept with each decision.`;
  await post(pool, tenantId, target, { text }, `delegation:${one.delegationId}`);
  ports.wake();
  return {
    kind: "said",
    text: `${to.name} decides in your place until ${until}. Say “I am back” to end it. What you were asked before stays with you too.`,
  };
}

export async function endDelegation(ports: BotPorts, incoming: Incoming): Promise<CardResult> {
  const { tenantId, pool } = ports;
  const ended = await transaction(pool, async (tx) => {
    const n = await endDelegations(tx, tenantId, incoming.personId);
    if (n > 0) await appendAudit(tx, { tenantId, kind: "delegation.ended", actor: incoming.personId, data: {} });
    return n;
  });
  return { kind: "said", text: ended > 0 ? "Welcome back: your say is yours again." : "Nobody decides in your place." };
}
