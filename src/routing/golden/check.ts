import { createHash } from "node:crypto";
import type { Registry } from "../../registry/registry.ts";
import { keyOf, routableIntents } from "../intent-name.ts";
import { createNormaliser, type Entities } from "../normalise.ts";
import type { Router } from "../router.ts";
import { type Accepted, acceptable } from "./accepted.ts";
import { type Comparison, compare } from "./compare.ts";
import { type Figures, figuresOf } from "./figures.ts";
import { type Gate, gatesOf } from "./gates.ts";
import { type JudgedLine, judgeLines } from "./judge.ts";
import { expectedKey, type GoldenLine } from "./lines.ts";
import { findRegistered } from "./registered.ts";

export type CheckedRouting = {
  judged: JudgedLine[];
  figures: Figures;
  gates: Gate[];
  /** undefined: nothing was accepted yet */
  comparison: Comparison | undefined;
  /** the golden set is another one than what was accepted was measured with */
  isOtherGolden: boolean;
  /** lines whose agents are not in service: they are not measured */
  leftOut: number;
  /** what --accept would store */
  acceptable: Accepted;
  /** no figure dropped, every gate holds, and something was accepted */
  isSound: boolean;
};

/** Routes the golden set and says what became of it: the figures, the gates, and what changed since it was last accepted. */
export async function checkRouting(
  golden: readonly GoldenLine[],
  ports: {
    registry: Pick<Registry, "agents" | "version">;
    router: Pick<Router, "route">;
    entities: Entities;
    accepted: Accepted | undefined;
  },
): Promise<CheckedRouting> {
  const { registry, router, accepted } = ports;
  const intents = routableIntents(registry.agents).map(({ name }) => keyOf(name));
  const lines = golden.filter(({ expect }) => typeof expect === "string" || intents.includes(keyOf(expect)));
  const judged = await judgeLines(router, lines);
  const figures = figuresOf(judged);
  const registered = findRegistered(golden, registry.agents, createNormaliser(ports.entities));
  const gates = gatesOf(figures, intents, registered);
  const comparison = accepted && compare(accepted, { judged, figures });
  const goldenVersion = versionOf(golden);
  return {
    ...{ judged, figures, gates, comparison },
    isOtherGolden: accepted !== undefined && accepted.goldenVersion !== goldenVersion,
    leftOut: golden.length - lines.length,
    acceptable: acceptable(judged, figures, { registryVersion: registry.version, goldenVersion }),
    isSound: comparison?.drops.length === 0 && gates.every(({ holds }) => holds),
  };
}

/** Of what the lines say, in whatever order. */
function versionOf(golden: readonly GoldenLine[]): string {
  const said = golden.map(({ text, expect }) => `${text}\n${expectedKey(expect)}`).sort();
  return createHash("sha256").update(said.join("\n\n")).digest("hex");
}
