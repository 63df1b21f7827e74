import type { Tool } from "@modelcontextprotocol/sdk/types.js";
import type { InventoryEntry } from "../inventory.ts";
import { type ToolInfo, toolInfo } from "../tool-info.ts";
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
  /** how long ago the system was asked, in ms */
  age(): number;
  /** takes what the system says now; what nobody reviewed goes into quarantine @throws what `list` throws: then the former answer stays */
  read(list: () => Promise<Tool[]>): Promise<void>;
};

export function createListing({ system, reads }: InventoryEntry, gate: ToolGate): Listing {
  let listed: OfferedTool[] = [];
  let listedAt = Number.NEGATIVE_INFINITY;
  let last: { text: string; version: number } | undefined;
  let sorted: { version: number; offered: OfferedTool[]; quarantined: ReadonlySet<string> } | undefined;

  /** A name that is listed twice is offered only if a person has reviewed both. */
  const sort = () => {
    const version = gate.version();
    if (sorted?.version === version) return sorted;
    const quarantined = new Set(listed.flatMap((one) => (gate.isReviewed(system, one) ? [] : [one.tool])));
    sorted = { version, quarantined, offered: listed.filter(({ tool }) => !quarantined.has(tool)) };
    return sorted;
  };
  return {
    offered: () => sort().offered,
    isQuarantined: (tool) => sort().quarantined.has(tool),
    age: () => performance.now() - listedAt,
    async read(list) {
      const askedAt = performance.now();
      const tools = await list();
      listedAt = askedAt;
      // It is asked before every write, and hardly ever says anything new.
      const text = JSON.stringify(tools);
      if (text === last?.text && last.version === gate.version()) return;
      listed = tools.map((tool) => {
        const definition = definitionOf(tool);
        const info = toolInfo(system, definition, reads);
        return { tool: tool.name, fingerprint: fingerprintOf(definition), definition, info };
      });
      sorted = undefined;
      const unknown = listed.filter((one) => !gate.isReviewed(system, one));
      if (unknown.length > 0) await gate.quarantine(system, unknown);
      // What could not be written down is to be tried again.
      last = unknown.length > 0 ? undefined : { text, version: gate.version() };
    },
  };
}
