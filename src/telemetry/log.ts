import { hash } from "node:crypto";
import pino from "pino";

/** A structured logger: one JSON object a line; names of people and payloads of tools do not belong in it. */
export type Log = pino.Logger;

/** Members that name a person, by whatever id or address: they leave as a pseudonym that stays the same. */
const PEOPLE = /^(actor|actorId|by|upn|name|userName|personId|personName|requesterId|requesterName|aadObjectId|owner)$/;
/** Members that hold what people wrote or what systems gave. */
const PAYLOADS = /^(text|args|input|output|result|body|comment|value|detail)$/;

/** @param level pino level; "silent" in tests @param to where lines go; standard output where absent */
export function createLog(level: string, to?: pino.DestinationStream): Log {
  const options = {
    level,
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { log: withoutPeople },
    // What the database says of an error may quote the row that it refused.
    serializers: { err: (error: unknown) => withoutRow(pino.stdSerializers.err(error as Error)) },
  };
  return to === undefined ? pino(options) : pino(options, to);
}

/** Also what somebody logs by mistake names nobody and quotes nobody. Only the outermost members: inner ones are not logged here. */
function withoutPeople(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(members).map(([member, value]) => {
      if (PEOPLE.test(member) && typeof value === "string") return [member, pseudonymOf(value)];
      return [member, PAYLOADS.test(member) ? "[not logged]" : value];
    }),
  );
}

/** "person:" and 16 hex digits. A pseudonym, no secret: whoever has the directory can find out whose it is. */
function pseudonymOf(person: string): string {
  return `person:${hash("sha256", person.toLowerCase(), "hex").slice(0, 16)}`;
}

function withoutRow(error: object): object {
  const { detail: _, where: __, internalQuery: ___, parameters: ____, ...rest } = error as Record<string, unknown>;
  return rest;
}
