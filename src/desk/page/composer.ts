import { button, byId, element, icon } from "./element.ts";
import type { Session } from "./session.ts";
import { loadDraft, saveDraft } from "./unsent.ts";

const MENTION = "@Signalbox";
/** The server takes more, but not when every character needs four bytes. */
const LONGEST = 12_000;
const HINT = "Enter sends · Shift + Enter begins a new line";
const PROMPTS = [
  "Which Fabrikam invoices are overdue?",
  "Raise a credit note of 450 for INV-1042, damaged goods",
  "How many days of leave do I have left?",
  "my approvals",
  "talk to a human",
];

/** Where one writes: Enter sends, Shift and Enter begins a line, and what is not sent is kept per chat. */
export function createComposer(session: Session): { draw(): void; focus(): void } {
  const form = byId("composer", HTMLFormElement);
  const prompts = byId("prompts", HTMLElement);
  const box = element("textarea", { rows: 1, enterkeyhint: "send" });
  const mention = button(
    { class: "mention-button", title: "Mention Signalbox, so that it answers" },
    () => write(`${MENTION} ${box.value.trimStart()}`),
    MENTION,
  );
  const send = element(
    "button",
    { type: "submit", class: "send", "aria-label": "Send", title: "Send (Enter)" },
    icon("send"),
  );
  const hint = element("p", { class: "composer-hint", role: "status" }, HINT);
  form.replaceChildren(
    element("div", { class: "composer-box" }, box, element("div", { class: "composer-tools" }, mention, send)),
    hint,
  );
  let shownId = "";

  const isChannel = (): boolean => session.current()?.conversation.kind === "channel";
  const kept = (): string => loadDraft(session.person.id, shownId) ?? (isChannel() ? `${MENTION} ` : "");
  const write = (text: string): void => {
    box.value = text;
    changed();
    box.focus();
  };
  const sendable = (): string => {
    const text = box.value.trim();
    return text === MENTION || text.length > LONGEST ? "" : text;
  };
  const changed = (): void => {
    saveDraft(session.person.id, shownId, box.value);
    send.disabled = sendable() === "";
    const over = box.value.trim().length - LONGEST;
    // Cut in silence it would say something else.
    const say = over > 0 ? `${over} characters too many to send: ${LONGEST} at most` : HINT;
    hint.classList.toggle("too-long", over > 0);
    if (hint.textContent !== say) hint.textContent = say;
    mention.hidden = !isChannel() || box.value.includes(MENTION);
    grow();
  };
  /** With what is written, as far as the style allows. */
  const grow = (): void => {
    box.style.height = "auto";
    // On a narrow screen the list may hide it.
    if (box.scrollHeight > 0) box.style.height = `${box.scrollHeight}px`;
  };
  const submit = (): void => {
    const text = sendable();
    if (text === "") return;
    void session.say(text);
    write(isChannel() ? `${MENTION} ` : "");
  };
  box.addEventListener("input", changed);
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
  form.onsubmit = (event) => {
    event.preventDefault();
    submit();
  };
  prompts.replaceChildren(
    ...PROMPTS.map((text) =>
      button(
        { class: "prompt" },
        () => {
          void session.say(text);
          box.focus();
        },
        text,
      ),
    ),
  );
  return {
    draw() {
      const current = session.current();
      if (current === undefined) return;
      const { conversation, chat } = current;
      if (conversation.id !== shownId) {
        shownId = conversation.id;
        const place = isChannel() ? `Write to ${conversation.name}` : "Ask, or say what should be done";
        box.placeholder = place;
        box.setAttribute("aria-label", place);
        box.value = kept();
        changed();
      }
      const hasSpoken = session.messagesOf(chat).some(({ author }) => author.id === session.person.id);
      prompts.hidden = isChannel() || chat.state !== "loaded" || chat.earlier || hasSpoken;
    },
    focus() {
      grow();
      box.focus({ preventScroll: true });
      box.setSelectionRange(box.value.length, box.value.length);
    },
  };
}
