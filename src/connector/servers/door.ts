import { z } from "zod";
import type { Bearer, Elevation } from "../../identity/tokens/claims.ts";
import { grants } from "../../identity/tokens/principal.ts";
import type { Verifier } from "../../identity/tokens/verify.ts";
import { digestOf } from "../digest.ts";
import { meta } from "../meta.ts";
import type { Tool } from "./tool.ts";

/** Why a request is not let in. 401: nobody knows who asks; 403: it is known, and it may not. `why` is for our own log. */
export type TurnedAway = { status: 401 | 403; error: "invalid_token" | "insufficient_scope"; why: string };

const Call = z.object({
  method: z.literal("tools/call"),
  params: z.object({
    name: z.string(),
    arguments: z.record(z.string(), z.unknown()).default({}),
    _meta: z.record(z.string(), z.unknown()).default({}),
  }),
});

const MOST_REMEMBERED = 1_000;
const NO_RIGHT_NEEDED: LetIn = { right: undefined };

/** A request that may go on. `right`: of a write, to be used up with its effect. */
export type LetIn = { right: Elevation | undefined };

/**
 * Who may do what at one system. The bearer's token says who calls and for which tools; what is one person's shows a token on
 * behalf of somebody; a write also shows a signed right that names this application, this tool and exactly these arguments.
 */
export function createDoor(system: string, tools: readonly Tool[], first: Verifier) {
  let verifier = first;
  const known = new Map<string, Bearer>();

  /** A token is the same for ten minutes: its signature is checked when it is first seen. */
  const bearerOf = async (token: string): Promise<Bearer> => {
    const before = known.get(token);
    if (before !== undefined && before.expiresAt > Date.now()) return before;
    const bearer = await verifier.bearer(token);
    if (known.size >= MOST_REMEMBERED) known.clear();
    known.set(token, bearer);
    return bearer;
  };

  /** @returns the right to make this call, or why there is none */
  const rightTo = async (bearer: Bearer, tool: string, params: z.infer<typeof Call>["params"]) => {
    const shown = params._meta[meta.elevation];
    if (typeof shown !== "string") return "a write without an elevation";
    const right = await verifier.elevation(shown).catch((error: Error) => error);
    if (right instanceof Error) return right.message;
    if (right.azp !== bearer.clientId) return "the elevation is another application's";
    const { idempotency_key: _, ...args } = params.arguments;
    if (right.tool !== tool || right.digest !== digestOf(tool, args)) return "the elevation is for another call";
    return right;
  };

  return {
    /** The keys have changed: what was found good by former ones is looked at again. */
    verifyWith(next: Verifier): void {
      verifier = next;
      known.clear();
    },

    /** @returns who asks, or why nobody knows */
    async admit(authorization: string | undefined): Promise<Bearer | TurnedAway> {
      const [, token] = /^Bearer (\S+)$/.exec(authorization ?? "") ?? [];
      if (token === undefined) return { status: 401, error: "invalid_token", why: "no bearer token" };
      return bearerOf(token).catch((error: Error) => ({ status: 401, error: "invalid_token", why: error.message }));
    },

    /** @param message as it was sent: what the protocol makes of the arguments later has another digest */
    async authorise(bearer: Bearer, message: unknown): Promise<TurnedAway | LetIn> {
      const call = Call.safeParse(message);
      const tool = call.success ? tools.find(({ name }) => name === call.data.params.name) : undefined;
      // Anything else changes nothing, and what is no proper call the protocol refuses itself.
      if (!call.success || tool === undefined) return NO_RIGHT_NEEDED;
      const name = `${system}.${tool.name}`;
      const no = (why: string): TurnedAway => ({ status: 403, error: "insufficient_scope", why: `${name}: ${why}` });
      if (!grants(bearer.roles, name, tool.access)) return no("the token does not grant it");
      if (tool.access === "read" && tool.isPersonal && !bearer.isForUser) return no("the token is on behalf of nobody");
      if (tool.access === "read" || call.data.params._meta[meta.rehearsal] === true) return NO_RIGHT_NEEDED;
      const right = await rightTo(bearer, name, call.data.params);
      return typeof right === "string" ? no(right) : { right };
    },
  };
}
export type Door = ReturnType<typeof createDoor>;
