import type { INetworkModule } from "@azure/msal-node";

const TIMEOUT_MS = 10_000;

/** MSAL over `fetch`: with a deadline, and following no redirect, since secrets are in the body. */
export function networkOver(send: typeof fetch): INetworkModule {
  const request = async <T>(url: string, init: RequestInit) => {
    const response = await send(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS), redirect: "error" });
    const body = (await response.json()) as T;
    return { headers: Object.fromEntries(response.headers), body, status: response.status };
  };
  return {
    sendGetRequestAsync: (url, { headers = {} } = {}) => request(url, { headers }),
    sendPostRequestAsync: (url, { headers = {}, body = "" } = {}) => request(url, { method: "POST", headers, body }),
  };
}
