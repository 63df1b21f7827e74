import { renderNotice } from "../card/notice.ts";
import type { Card } from "../card/template.ts";
import type { Resume } from "../turn/turn.ts";
import type { About, Outgoing } from "./outbox.ts";
import type { InvokeAnswer } from "./teams.ts";

/** What a button or its typed equivalent leads to: data, shown one way for an invoke and another way for a message. */
export type CardResult =
  /**
   * a card to be shown in place of the one that was clicked; `isNews`: it says something that no other card will say; `about`:
   * where it is posted, it changes later with its subject
   */
  | { kind: "card"; card: Card; isNews: boolean; about?: About }
  | { kind: "said"; text: string }
  | { kind: "refused"; status: 400 | 403 | 404 | 409; code: string; title: string; text: string }
  /** the work of a turn goes on; `card` replaces the one that was clicked */
  | { kind: "continues"; card: Card; resume: Resume; text: string };

export function refused(status: 400 | 403 | 404 | 409, code: string, title: string, text: string): CardResult {
  return { kind: "refused", status, code, title, text };
}

/** As the body of an `adaptiveCard/action` answer. */
export function asInvokeAnswer(result: CardResult): InvokeAnswer {
  switch (result.kind) {
    case "card":
    case "continues":
      return { statusCode: 200, type: "application/vnd.microsoft.card.adaptive", value: result.card };
    case "said":
      return { statusCode: 200, type: "application/vnd.microsoft.activity.message", value: result.text };
    case "refused":
      return {
        statusCode: result.status,
        type: "application/vnd.microsoft.error",
        value: { code: result.code, message: `${result.title}. ${result.text}` },
      };
  }
}

/** As something to post, for a command or a button that came as a message; undefined where the cards themselves tell it. */
export function asPost(result: CardResult): Outgoing | undefined {
  switch (result.kind) {
    case "card":
      return result.isNews ? postOf(result) : undefined;
    case "continues":
      return undefined;
    case "said":
      return { text: result.text };
    case "refused":
      return { card: renderNotice("attention", result.title, result.text) };
  }
}

export function postOf({ card, about }: Extract<CardResult, { kind: "card" }>): Extract<Outgoing, { card: Card }> {
  return about === undefined ? { card } : { card, about };
}
