import { subscribe, unsubscribe } from "node:diagnostics_channel";

/** Every HTTP request that this process begins, whoever begins it: by fetch, or by Node's own client. */
export function watchOutbound(): { hosts: string[]; stop(): void } {
  const hosts: string[] = [];
  const byFetch = (message: unknown): void => {
    const { request } = message as { request: { origin: string | URL } };
    hosts.push(new URL(request.origin).host);
  };
  const byNode = (message: unknown): void => {
    const { request } = message as { request: { host: string } };
    hosts.push(request.host);
  };
  subscribe("undici:request:create", byFetch);
  subscribe("http.client.request.start", byNode);
  return {
    hosts,
    stop: () => {
      unsubscribe("undici:request:create", byFetch);
      unsubscribe("http.client.request.start", byNode);
    },
  };
}
