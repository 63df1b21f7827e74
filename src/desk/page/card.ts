import type { AdaptiveCard } from "adaptivecards";
import type { CardAction } from "./api.ts";
import { element } from "./element.ts";
import { hostConfig } from "./host-config.ts";
import { AdaptiveCards } from "./libraries.ts";
import { isWebAddress, markdownToHtml } from "./markdown.ts";

type Json = Record<string, unknown>;
export type CardView = {
  root: HTMLElement;
  /** @returns whether another card stands there now */
  update(content: unknown, isBusy: boolean): boolean;
};

const config = new AdaptiveCards.HostConfig(hostConfig);
// The library does not read this one from the object. It is the line between two rows.
config.table.cellSpacing = 1;
AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => {
  result.outputHtml = markdownToHtml(text);
  result.didProcess = true;
};
AdaptiveCards.GlobalSettings.setTabIndexAtCardRoot = false;

/** A card in a message. Another card in its place keeps the focus, what is unfolded, and what somebody was typing. */
export function createCard(onAction: (action: CardAction) => void): CardView {
  const root = element("div", { class: "card" });
  let shown = "";
  let card: AdaptiveCard | undefined;
  let wasSent = false;

  const draw = (content: unknown): void => {
    const typed = wasSent ? new Map<string, string>() : typedInto(card);
    const place = placeIn(root);
    wasSent = false;
    const isFull = ((content as Json | null)?.msteams as Json | undefined)?.width === "Full";
    root.classList.toggle("card-wide", isFull);
    card = parse(content, typed);
    const drawn = card?.render();
    root.replaceChildren(drawn ?? element("p", { class: "card-broken" }, fallbackOf(content)));
    place();
  };
  const parse = (content: unknown, typed: Map<string, string>): AdaptiveCard | undefined => {
    const next = new AdaptiveCards.AdaptiveCard();
    next.hostConfig = config;
    try {
      next.parse(withTyped(content, typed));
    } catch {
      return undefined;
    }
    next.onExecuteAction = (action) => {
      if (action instanceof AdaptiveCards.OpenUrlAction) return openAddress(action.url);
      if (root.getAttribute("aria-busy") === "true") return;
      const sends = action instanceof AdaptiveCards.SubmitAction || action instanceof AdaptiveCards.ExecuteAction;
      const data = (sends ? action.data : undefined) as Json | undefined;
      const common = { data: data ?? {}, ...(action.id === undefined ? {} : { id: action.id }) };
      wasSent = true;
      if (action instanceof AdaptiveCards.ExecuteAction)
        onAction({ ...common, type: "Action.Execute", ...(action.verb ? { verb: action.verb } : {}) });
      else if (action instanceof AdaptiveCards.SubmitAction) onAction({ ...common, type: "Action.Submit" });
    };
    return next;
  };
  return {
    root,
    update(content, isBusy) {
      root.setAttribute("aria-busy", String(isBusy));
      const asked = JSON.stringify(content);
      if (asked === shown) return false;
      shown = asked;
      draw(content);
      return true;
    },
  };
}

function openAddress(address: string | undefined): void {
  if (address !== undefined && isWebAddress(address)) window.open(address, "_blank", "noopener,noreferrer");
}

function fallbackOf(content: unknown): string {
  const said = (content as Json | null)?.fallbackText;
  return typeof said === "string" && said !== "" ? said : "This card cannot be shown.";
}

/** What stands in the inputs and did not come with the card. */
function typedInto(card: AdaptiveCard | undefined): Map<string, string> {
  const typed = new Map<string, string>();
  for (const input of card?.getAllInputs() ?? [])
    if (input.id !== undefined && input.isDirty()) typed.set(input.id, String(input.value ?? ""));
  return typed;
}

function withTyped(content: unknown, typed: Map<string, string>): unknown {
  if (typed.size === 0) return content;
  return JSON.parse(JSON.stringify(content), (_key, node: unknown) => {
    const { type, id } = (node ?? {}) as Json;
    const value = typeof id === "string" && String(type).startsWith("Input.") ? typed.get(id) : undefined;
    return value === undefined ? node : { ...(node as Json), value };
  });
}

/** @returns a function that restores, in what is drawn then, what was unfolded and where the focus was */
function placeIn(root: HTMLElement): () => void {
  const unfolded = [...root.querySelectorAll<HTMLElement>("button[aria-expanded=true]")].map(nameOf);
  const active = root.contains(document.activeElement) ? document.activeElement : null;
  const name = active instanceof HTMLElement ? nameOf(active) : undefined;
  const range = active instanceof HTMLTextAreaElement || active instanceof HTMLInputElement ? active : undefined;
  const [start, end] = [range?.selectionStart ?? null, range?.selectionEnd ?? null];
  return () => {
    for (const folded of root.querySelectorAll<HTMLElement>("button[aria-expanded=false]"))
      if (unfolded.includes(nameOf(folded))) folded.click();
    if (name === undefined) return;
    const same = [...root.querySelectorAll<HTMLElement>("button, input, textarea, select, a")].find(
      (one) => nameOf(one) === name,
    );
    // What had the focus is gone: the message has it now, so that the keyboard goes on from here.
    (same ?? root.closest<HTMLElement>("article"))?.focus({ preventScroll: true });
    const isText = same instanceof HTMLTextAreaElement || (same instanceof HTMLInputElement && same.type === "text");
    if (isText && start !== null) same.setSelectionRange(start, end);
  };
}

function nameOf(one: HTMLElement): string {
  const label = one.getAttribute("aria-labelledby");
  const labelled = label === null ? null : document.getElementById(label.split(" ")[0] ?? "");
  return `${one.tagName} ${labelled?.textContent ?? one.getAttribute("aria-label") ?? one.textContent}`;
}
