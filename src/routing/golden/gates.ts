import type { Figures } from "./figures.ts";
import type { Registered } from "./registered.ts";

/** What must hold whatever was accepted before. `missed`: what is missing, each with its cure; empty: the gate holds. */
export type Gate = { name: string; is: string; holds: boolean; missed: string[] };

const LEAST_RIGHT = 0.97;
const LEAST_SERVED = 0.9;
const MOST_OUT_OF_SCOPE = 0.02;
const LEAST_LINES = { intent: 6, outOfScope: 200, vague: 100 } as const;

/** Pure. @param intents every intent in service, "cluster / agent / intent" */
export function gatesOf(figures: Figures, intents: readonly string[], registered: readonly Registered[]): Gate[] {
  const { inScope, outOfScope, vague } = figures;
  const poor = intents.flatMap((intent) => {
    const lines = figures.intents[intent]?.lines ?? 0;
    return lines >= LEAST_LINES.intent ? [] : [`${intent} has ${lines}: add ${LEAST_LINES.intent - lines}`];
  });
  return [
    atLeast("right among served", LEAST_RIGHT, inScope.right, inScope.served),
    atLeast("served of what is in scope", LEAST_SERVED, inScope.served, inScope.lines),
    atMost("served of what is out of scope", MOST_OUT_OF_SCOPE, outOfScope.served, outOfScope.lines),
    {
      name: `every intent has ${LEAST_LINES.intent} golden lines or more`,
      is: `${intents.length - poor.length} of ${intents.length}`,
      ...{ holds: poor.length === 0, missed: poor },
    },
    enough("out-of-scope lines", LEAST_LINES.outOfScope, outOfScope.lines),
    enough("vague lines", LEAST_LINES.vague, vague.lines),
    {
      name: "no golden line is registered",
      is: registered.length === 0 ? "none" : `${registered.length}`,
      holds: registered.length === 0,
      missed: registered.map(({ line, text, as }) => `line ${line} "${text}" is a registered ${as}: say it otherwise`),
    },
  ];
}

function atLeast(name: string, least: number, part: number, whole: number): Gate {
  return shareGate(`${name}: ${percent(least)} or more`, part, whole, whole > 0 && part / whole >= least);
}

function atMost(name: string, most: number, part: number, whole: number): Gate {
  return shareGate(`${name}: ${percent(most)} at most`, part, whole, part <= most * whole);
}

function shareGate(name: string, part: number, whole: number, holds: boolean): Gate {
  const is = whole === 0 ? "none" : `${((100 * part) / whole).toFixed(1)} % (${part} of ${whole})`;
  return { name, is, holds, missed: holds ? [] : [is] };
}

function enough(what: string, least: number, is: number): Gate {
  const missed = is >= least ? [] : [`there are ${is}: add ${least - is}`];
  return { name: `${least} ${what} or more`, is: `${is}`, holds: missed.length === 0, missed };
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;
