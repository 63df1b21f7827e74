import { type LookupAddress, lookup } from "node:dns";
import type { LookupFunction } from "node:net";
import { Agent, fetch as undiciFetch } from "undici";
import { SignalboxError } from "../../errors.ts";
import { literalAddress, mayConnect } from "./address.ts";
import { turnedAway } from "./turned-away.ts";

/** Where the connector of one system may go. @see inventory.ts */
export type Egress = { hosts: readonly string[]; privateAddresses: readonly string[] };

/** Every address of a name. */
export type Resolve = (hostname: string) => Promise<{ address: string; family: number }[]>;

/** Code of the error where nothing was sent, because the address is not allowed. */
export const NOT_ALLOWED = "connector-egress-refused";
const CONNECT_MS = 5_000;

/**
 * A fetch that reaches what the inventory allows and nothing else. Names are resolved here and the socket is opened to the very
 * address that was checked, so a name that answers differently the second time (DNS rebinding) gains nothing. Redirects are not
 * followed: a system that moves gets a new entry.
 */
export function guardedFetch(
  system: string,
  egress: Egress,
  resolve: Resolve = resolveAll,
): { fetch: typeof fetch; close(): Promise<void> } {
  const agent = new Agent({ connect: { lookup: checkedLookup(system, egress, resolve), timeout: CONNECT_MS } });
  const guarded: typeof fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    checkUrl(system, egress, url);
    // The two declare the same interface twice, and the compiler takes them for different ones.
    const options = { ...init, redirect: "manual", dispatcher: agent } as Parameters<typeof undiciFetch>[1];
    const response = (await undiciFetch(url, options).catch(ownReason)) as unknown as Response;
    const { status, headers } = response;
    const busy = turnedAway(response, Date.now());
    if (busy === undefined && ![301, 302, 303, 307, 308].includes(status)) return response;
    await response.body?.cancel();
    if (busy !== undefined) throw busy;
    const where = `The system ${system} redirects to ${targetOf(headers.get("location"), url)}, which is not followed.`;
    throw new SignalboxError("connector-redirected", `${where} Put its new address into manifest/connectors.json.`);
  };
  return { fetch: guarded, close: () => agent.destroy() };
}

/** @throws SignalboxError NOT_ALLOWED, before a byte has left */
function checkUrl(system: string, { hosts, privateAddresses }: Egress, url: URL): void {
  if (url.protocol !== "https:" && url.protocol !== "http:")
    throw notAllowed(system, `is at a ${url.protocol} address`);
  if (url.username !== "" || url.password !== "") throw notAllowed(system, "has a password in its address");
  if (!hosts.includes(url.hostname)) throw notAllowed(system, `points to ${url.hostname}`);
  const literal = literalAddress(url.hostname);
  if (literal !== undefined && !mayConnect(literal, privateAddresses))
    throw notAllowed(system, `points to ${literal}, which is not a public address`);
  // What is not encrypted stays on networks of our own.
  if (url.protocol === "http:" && (literal === undefined || mayConnect(literal, [])))
    throw notAllowed(system, "would be spoken to without encryption");
}

function checkedLookup(system: string, { privateAddresses }: Egress, resolve: Resolve): LookupFunction {
  return (hostname, { all }, callback) => {
    resolve(hostname).then(
      (addresses) => {
        const [first] = addresses;
        const wrong = addresses.find(({ address }) => !mayConnect(address, privateAddresses));
        if (first === undefined) callback(notAllowed(system, `has no address behind ${hostname}`), "", 0);
        // One that is not allowed spoils all: which of them would be taken is not ours to say.
        else if (wrong !== undefined)
          callback(notAllowed(system, `resolves to ${wrong.address}, which is not a public address`), "", 0);
        else if (all === true) callback(null, addresses);
        else callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, "", 0),
    );
  };
}

function resolveAll(hostname: string): Promise<LookupAddress[]> {
  return new Promise((done, fail) =>
    lookup(hostname, { all: true }, (error, addresses) => (error === null ? done(addresses) : fail(error))),
  );
}

/** The library wraps what stopped it; where that was us, it is our own words that help. */
function ownReason(error: unknown): never {
  throw error instanceof TypeError && error.cause instanceof SignalboxError ? error.cause : error;
}

function targetOf(location: string | null, base: URL): string {
  return location !== null && URL.canParse(location, base.href) ? new URL(location, base.href).host : "nowhere";
}

function notAllowed(system: string, what: string): SignalboxError {
  const cure = 'If that is right, list it under "egress" in manifest/connectors.json; else mend the address.';
  return new SignalboxError(NOT_ALLOWED, `The connector of ${system} ${what}: refused. ${cure}`);
}
