import { rolesAt, type Token, type TokenRequest, type TokenSource } from "./principal.ts";

/** A source whose tokens are kept. `forget` drops one that a system did not accept, so that the next is a new one. */
export type CachedTokens = TokenSource & { forget(value: string): void };

/** Of its life a token is used this much before another one is fetched beside the calls. */
const FRESH_SHARE = 0.8;
/** A token this close to its end is not sent any more. */
const LAST_MS = 10_000;
/** Agents × versions × systems stay far below; users are what could be many. */
const MOST_KEPT = 2_000;

type Entry = { token: Token; renewAt: number };

/**
 * Keeps tokens for who asks for the same again: nobody waits while a good one is there, since the next is fetched before it
 * ends. Where that fails the present one serves until its end, and whoever asks then hears why.
 */
export function cacheTokens(source: TokenSource, now: () => number = Date.now): CachedTokens {
  const kept = new Map<string, Entry>();
  const underWay = new Map<string, Promise<Token>>();

  const fetchOne = (key: string, request: TokenRequest): Promise<Token> => {
    const running = underWay.get(key);
    if (running !== undefined) return running;
    const asked = now();
    const fetching = source
      .get(request)
      .then((token) => {
        if (kept.size >= MOST_KEPT) kept.delete(kept.keys().next().value ?? "");
        kept.delete(key);
        kept.set(key, { token, renewAt: asked + (token.expiresAt - asked) * FRESH_SHARE });
        return token;
      })
      .finally(() => underWay.delete(key));
    underWay.set(key, fetching);
    return fetching;
  };

  return {
    async get(request) {
      const key = keyOf(request);
      const entry = kept.get(key);
      if (entry === undefined || entry.token.expiresAt - LAST_MS <= now()) return fetchOne(key, request);
      if (entry.renewAt <= now()) fetchOne(key, request).catch(() => {});
      return entry.token;
    },
    forget(value) {
      for (const [key, { token }] of kept) if (token.value === value) kept.delete(key);
    },
  };
}

/** Whatever would make the token another one. */
function keyOf({ principal, audience, resource, personId }: TokenRequest): string {
  const { id, agentVersion } = principal;
  return JSON.stringify([id, agentVersion, audience, resource, rolesAt(principal, audience), personId]);
}
