import type { DeskMessage } from "../../src/desk/wire.ts";

/** What comes over a stream of server-sent events. */
export type EventReader = {
  events: { event: string; data: unknown; id: number | undefined }[];
  /** of the messages, in the order of their arrival */
  texts(): string[];
  lastId(): number | undefined;
  close(): void;
};

export async function readEvents(url: string, headers: Record<string, string> = {}): Promise<EventReader> {
  const stop = new AbortController();
  const response = await fetch(url, { headers: { accept: "text/event-stream", ...headers }, signal: stop.signal });
  if (response.status !== 200 || response.body === null) throw new Error(`no stream: ${response.status}`);
  const events: EventReader["events"] = [];
  const { body } = response;
  const read = async (): Promise<void> => {
    let rest = "";
    for await (const text of body.pipeThrough(new TextDecoderStream())) {
      const blocks = (rest + text).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1];
        const [event, data, id] = [field("event"), field("data"), field("id")];
        if (event !== undefined && data !== undefined)
          events.push({ event, data: JSON.parse(data), id: id === undefined ? undefined : Number(id) });
      }
    }
  };
  // Whoever closes it, or a server that goes away, ends it.
  read().catch(() => {});
  return {
    events,
    texts: () => events.filter(({ event }) => event === "message").map(({ data }) => (data as DeskMessage).text),
    lastId: () => events.findLast(({ id }) => id !== undefined)?.id,
    close: () => stop.abort(),
  };
}
