import { z } from "zod";
import type { Question } from "../approval/questions/store.ts";
import { type ApprovalView, actionsUnder } from "./run-view.ts";
import { Style } from "./shared.ts";
import { type Card, cardTemplate } from "./template.ts";
import { cut, plain } from "./text.ts";

const QuestionCard = z.strictObject({
  speak: z.string(),
  style: Style,
  banner: z.string(),
  summary: z.string(),
  question: z.string(),
  answer: z.string(),
  typed: z.string(),
  open: z.boolean(),
  approvalId: z.uuid(),
});
const expand = cardTemplate("question", QuestionCard);

/** What an approver wants to know of the requester before they decide. */
export function renderQuestion(view: ApprovalView, question: Question): Card {
  const { approval } = view;
  const who = view.nameOf(question.askedBy);
  const open = question.answer === null && approval.status === "pending";
  const banner = open
    ? `${who} asks you something`
    : question.answer === null
      ? "Not needed any more"
      : "You have answered";
  return expand({
    speak: plain(cut(`${banner}: ${question.question}`, 300)),
    style: open ? "warning" : "default",
    banner: plain(cut(banner, 200)),
    summary: plain(cut(actionsUnder(view)[0]?.proposal.summary ?? approval.code, 300)),
    question: plain(cut(question.question, 1_000)),
    answer: plain(cut(question.answer ?? "", 1_000)),
    typed: `Or type: answer ${approval.code} and your answer. The time to decide goes on.`,
    open,
    approvalId: approval.approvalId,
  });
}
