import type { ActionOutcome, DeskPerson, MessagePage, Opened } from "../wire.ts";

export type CardAction = {
  type: "Action.Execute" | "Action.Submit";
  id?: string;
  verb?: string;
  data: Record<string, unknown>;
};
type Where = { person: string; conversation: string };

/** Where and how this browser's user reads, as Teams tells it to bots. */
const client = {
  // Some systems call their language "en-US@posix".
  locale: /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*/.exec(navigator.language)?.[0] ?? "en-GB",
  timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
};

/** What the desk's server does for the page. Every call fails with an Error whose message can be shown. */
export const api = {
  people: () => call<DeskPerson[]>("people"),
  open: (person: string) => call<Opened>("open", { person }),
  messages: ({ person, conversation }: Where, before?: number) => {
    const query = new URLSearchParams({ person, conversation });
    if (before !== undefined) query.set("before", String(before));
    return call<MessagePage>(`messages?${query}`);
  },
  say: (where: Where, text: string, clientId: string) => call("messages", { ...where, text, clientId, client }),
  retry: (where: Where, message: string) => call("retry", { ...where, message }),
  act: (where: Where, message: string, action: CardAction) =>
    call<ActionOutcome>("actions", { ...where, message, ...action, client }),
  read: (where: Where, position: number) => call("read", { ...where, position }),
};

async function call<T>(path: string, body?: object): Promise<T> {
  const response = await fetch(
    `/desk/api/${path}`,
    body === undefined
      ? {}
      : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) },
  ).catch((cause: unknown) => {
    throw new Error("The desk's server does not answer.", { cause });
  });
  const answer = (await response.json().catch(() => undefined)) as T & { error?: { message?: string } };
  if (response.ok) return answer;
  throw new Error(answer?.error?.message ?? `The desk's server answered ${response.status}.`);
}
