import type { Action } from "../action/action.ts";
import { disguised } from "../trust/disguised.ts";
import type { Fact } from "./shared.ts";

/** What whoever decides should look at twice: inputs that nobody vouches for, and inputs that pretend to be others. */
export function warningsOf(action: Action | undefined, show: (text: string) => string): Fact[] {
  return [...untrustedIn(action, show), ...disguisedIn(action, show)];
}

function untrustedIn(action: Action | undefined, show: (text: string) => string): Fact[] {
  const found = action?.proposal.untrusted ?? [];
  const told = found.map(({ argument, from }) => `${nameOf(argument)} (${from.join("; ")})`);
  return told.length === 0 ? [] : [{ label: "Written by others, not checked", value: show(told.join(", ")) }];
}

/** The arguments as they will be sent, before anything was made visible. */
function disguisedIn(action: Action | undefined, show: (text: string) => string): Fact[] {
  const told = Object.entries(action?.args ?? {}).flatMap(([name, value]) => {
    const how = typeof value === "string" ? disguised(value) : undefined;
    return how === undefined ? [] : [`${nameOf(name)} has ${how}`];
  });
  return told.length === 0 ? [] : [{ label: "Look twice", value: show(told.join(", ")) }];
}

const nameOf = (argument: string): string => argument.replaceAll("_", " ");
