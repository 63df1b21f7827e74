import { SignalboxError } from "../errors.ts";
import type { Authority } from "../identity/tokens/authority.ts";
import { type CachedTokens, cacheTokens } from "../identity/tokens/cache.ts";
import {
  agentPrincipal,
  type Principal,
  platform,
  type TokenRequest,
  type TokenSource,
} from "../identity/tokens/principal.ts";

/** Who makes a call: an agent at one of its versions. */
export type Caller = { agentId: string; version: string };

/** What a call carries to show who makes it, and that it may. */
export type Credentials = {
  /** who that is as systems know it; nobody is Signalbox itself, which only reads */
  principalOf(by: Caller | undefined): Promise<Principal>;
  tokens: CachedTokens;
  elevate: Authority["elevate"];
};

/** @param options.recordOf the record of an agent at a version: what it lists is what its tokens grant */
export function createCredentials(options: {
  tokens: TokenSource;
  elevate: Authority["elevate"];
  systems: readonly string[];
  recordOf(by: Caller): Promise<Parameters<typeof agentPrincipal>[0] | undefined>;
}): Credentials {
  const { tokens, elevate, systems, recordOf } = options;
  const ourselves = platform(systems);
  return {
    tokens: cacheTokens(tokens),
    elevate,
    async principalOf(by) {
      if (by === undefined) return ourselves;
      const record = await recordOf(by);
      if (record === undefined)
        throw new SignalboxError("caller-unknown", `No agent ${by.agentId} is registered: it gets no token.`);
      return agentPrincipal(record, by.version);
    },
  };
}

/** Of one session: in whose name it goes and to which system, and a fetch that shows the token for its next request. */
export type Bearer = { clientId(): Promise<string>; audience: string; fetch: typeof fetch };

/**
 * A fetch that shows the bearer's token. Each request asks for it anew, so that a session outlives the token with which it
 * began; one that was not accepted is not shown twice.
 */
export function bearing(inner: typeof fetch, tokens: CachedTokens, request: TokenRequest): Bearer {
  return {
    clientId: async () => (await tokens.get(request)).clientId,
    audience: request.resource ?? request.audience,
    fetch: async (input, init) => {
      const { value } = await tokens.get(request);
      const headers = new Headers(init?.headers);
      headers.set("authorization", `Bearer ${value}`);
      const response = await inner(input, { ...init, headers });
      if (response.status === 401) tokens.forget(value);
      return response;
    },
  };
}
