import { ToolSchema } from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";
import type { InventoryEntry } from "../inventory.ts";
import { registered, type ToolInfo, toolInfo } from "../tool-info.ts";
import type { ToolRegister } from "../tool-register.ts";
import { definitionOf, fingerprintOf } from "./definition.ts";
import type { Listed, ToolGate } from "./gate.ts";

/** A tool that may be used, with the definition that was reviewed. */
export type OfferedTool = Listed & { info: ToolInfo };

/** What a system said last of its tools, in one session, sorted by what people have reviewed. */
export type Listing = {
  /** those that were reviewed as they are */
  offered(): readonly OfferedTool[];
  /** does the system list a tool of this name that nobody has reviewed as it is now? */
  isQuarantined(tool: string): boolean;
  /** takes what the system says now; what nobody reviewed goes into quarantine @throws what `list` throws: then the former answer stays */
  read(list: () => Promise<unknown[]>): Promise<void>;
};

/** All listings of one system. */
export type Listings = {
  /** of a new session, in which nothing was listed yet */
  begin(): Listing;
  /** what may be used as the system said last, to whomever it said it */
  offered(): readonly OfferedTool[];
};

/** Everything that a system lists, reviewed or not. */
type Said = { text: string; tools: readonly OfferedTool[] };

export function createListings(
  entry: InventoryEntry,
  { gate, register }: { gate: ToolGate; register: ToolRegister },
): Listings {
  const { system, reads } = entry;
  let latest: Listing | undefined;
  let saidLast: Said | undefined;
  /** It is asked in every session and before every write, and hardly ever says anything new: then all share one answer. */
  const understand = (tools: readonly unknown[]): Said => {
    const text = JSON.stringify(tools);
    if (saidLast?.text !== text) {
      const understood = z
        .array(ToolSchema)
        .parse(tools)
        .map((tool) => {
          const definition = definitionOf(tool);
          const info = registered(toolInfo(system, definition, reads), register, entry);
          return { tool: tool.name, fingerprint: fingerprintOf(definition), definition, info };
        });
      saidLast = { text, tools: understood };
    }
    return saidLast;
  };

  const begin = (): Listing => {
    let said: Said = { text: "[]", tools: [] };
    /** the version of what is reviewed at which all of it was found to be */
    let settledAt: number | undefined;
    let sorted: { version: number; offered: OfferedTool[]; quarantined: ReadonlySet<string> } | undefined;

    /** A name that is listed twice is offered only if a person has reviewed both. */
    const sort = () => {
      const version = gate.version();
      if (sorted?.version === version) return sorted;
      const quarantined = new Set(said.tools.flatMap((one) => (gate.isReviewed(system, one) ? [] : [one.tool])));
      sorted = { version, quarantined, offered: said.tools.filter(({ tool }) => !quarantined.has(tool)) };
      return sorted;
    };
    const listing: Listing = {
      offered: () => sort().offered,
      isQuarantined: (tool) => sort().quarantined.has(tool),
      async read(list) {
        const now = understand(await list());
        latest = listing;
        if (now === said && settledAt === gate.version()) return;
        said = now;
        sorted = undefined;
        const unknown = said.tools.filter((one) => !gate.isReviewed(system, one));
        if (unknown.length > 0) await gate.quarantine(system, unknown);
        // What could not be written down is to be tried again.
        settledAt = unknown.length > 0 ? undefined : gate.version();
      },
    };
    return listing;
  };
  return { begin, offered: () => latest?.offered() ?? [] };
}
