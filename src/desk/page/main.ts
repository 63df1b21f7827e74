import type { DeskPerson, Opened } from "../wire.ts";
import { api } from "./api.ts";
import { createChatHeader } from "./chat-header.ts";
import { createChatList } from "./chat-list.ts";
import { createComposer } from "./composer.ts";
import { createConversation } from "./conversation.ts";
import { byId } from "./element.ts";
import { createPeople } from "./people.ts";
import { rememberedChat, type Session, startSession } from "./session.ts";
import { startTheme } from "./theme.ts";

const ACTING = "desk-person";
const AGAIN_MS = 2_000;
const desk = byId("desk", HTMLElement);
const narrow = matchMedia("(max-width: 760px)");
let session: Session | undefined;
/** ends what the person who sits here listens to */
let leave = (): void => {};
/** counts the switches: an answer for somebody who is no longer wanted is dropped */
let turn = 0;

startTheme();
await start();

async function start(): Promise<void> {
  const people = await untilAnswered(api.people);
  const chooser = createPeople(people, (person) => {
    location.hash = person.handle;
  });
  const switchTo = async (person: DeskPerson): Promise<void> => {
    if (session?.person.id === person.id) return;
    turn += 1;
    const mine = turn;
    chooser.show(person);
    sessionStorage.setItem(ACTING, person.handle);
    leave();
    session = undefined;
    const opened = await untilAnswered(() => api.open(person.handle));
    if (mine === turn) await sit(opened);
  };
  const asked = (): DeskPerson | undefined => {
    const named = (handle: string | null) => people.find((person) => person.handle === handle?.toLowerCase());
    return named(decodeURIComponent(location.hash.slice(1))) ?? named(sessionStorage.getItem(ACTING)) ?? people[0];
  };
  const follow = async (): Promise<void> => {
    const person = asked();
    if (person === undefined) throw new Error("The sample company has no people.");
    // The address always says who one is, so that it can be copied into a second window.
    if (location.hash !== `#${person.handle}`) history.replaceState(null, "", `#${person.handle}`);
    await switchTo(person);
  };
  addEventListener("hashchange", () => void follow());
  await follow();
}

async function sit(opened: Opened): Promise<void> {
  const sitting = startSession(opened, () => drawSoon());
  session = sitting;
  const select = (id: string, show: boolean): Promise<void> => {
    if (show) desk.dataset.view = "chat";
    const loaded = sitting.select(id);
    draw();
    return loaded;
  };
  const composer = createComposer(sitting);
  const conversation = createConversation(sitting);
  leave = () => {
    sitting.stop();
    conversation.stop();
  };
  const parts = [
    conversation,
    createChatList(sitting, (id) => {
      void select(id, true);
      composer.focus();
    }),
    createChatHeader(sitting, () => {
      desk.dataset.view = "list";
      document.querySelector<HTMLElement>(".chat-row[aria-current]")?.focus();
    }),
    composer,
  ];
  const draw = (): void => {
    if (session !== sitting) return;
    for (const part of parts) part.draw();
    look();
  };
  let isAsked = false;
  const drawSoon = (): void => {
    if (isAsked) return;
    isAsked = true;
    queueMicrotask(() => {
      isAsked = false;
      draw();
    });
  };
  const first = rememberedChat(sitting);
  if (first === undefined) return;
  const isShown = !narrow.matches || desk.dataset.view === "chat";
  const loaded = select(first, isShown);
  // Whoever is already at work somewhere on the page is not called away.
  if (isShown && document.activeElement === document.body) composer.focus();
  await loaded;
}

/** Somebody looks at the open chat, if the window and the chat are to be seen. */
function look(): void {
  const isShown = !narrow.matches || desk.dataset.view === "chat";
  if (document.visibilityState === "visible" && isShown) session?.seen();
}
document.addEventListener("visibilitychange", look);

/** The server may be starting: asks until it answers. */
async function untilAnswered<T>(ask: () => Promise<T>): Promise<T> {
  const state = byId("connection", HTMLElement);
  for (;;) {
    try {
      const answer = await ask();
      state.textContent = "";
      return answer;
    } catch (error) {
      state.textContent = `${error instanceof Error ? error.message : String(error)} Trying again…`;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}
