import type { DeskEvents } from "../wire.ts";

type Listeners = { [E in keyof DeskEvents]: (data: DeskEvents[E]) => void } & { connected: (isUp: boolean) => void };

const AGAIN_MS = 1_500;

/** Listens to everything that happens to a person's chats after `since`, over every interruption. @returns the end of it */
export function listenTo(person: string, since: number, listeners: Listeners): () => void {
  let seen = since;
  let source: EventSource | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;

  const on = <E extends keyof DeskEvents>(
    target: EventSource,
    name: E,
    listener: (data: DeskEvents[E]) => void,
  ): void =>
    target.addEventListener(name, (event) => {
      seen = Number(event.lastEventId) || seen;
      listener(JSON.parse(event.data) as DeskEvents[E]);
    });
  const connect = (): void => {
    const query = new URLSearchParams({ person, since: String(seen) });
    const next = new EventSource(`/desk/api/events?${query}`);
    source = next;
    on(next, "message", listeners.message);
    on(next, "unread", listeners.unread);
    on(next, "typing", listeners.typing);
    on(next, "stale", listeners.stale);
    next.addEventListener("open", () => listeners.connected(true));
    next.addEventListener("error", () => {
      listeners.connected(false);
      // The browser tries again by itself after a broken connection, but not after an answer that is no stream.
      next.close();
      clearTimeout(again);
      again = setTimeout(connect, AGAIN_MS);
    });
  };
  connect();
  return () => {
    clearTimeout(again);
    source?.close();
  };
}
