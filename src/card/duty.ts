import { z } from "zod";
import { clusterNames, Fact, Style } from "./shared.ts";
import { brief, cut, plain } from "./text.ts";

/** What every card about something that somebody answers for begins with. */
export const dutyShape = {
  speak: z.string(),
  style: Style,
  banner: z.string(),
  name: z.string(),
  text: z.string(),
  facts: z.array(Fact),
};

/** How it stands: in one line, and in a few sentences that say what is to be done. */
export type Stand = { style: Style; banner: string; text: string };

/** @param longest most characters of the text */
export function dutyHead({ style, banner, text }: Stand, name: string, longest = 700) {
  return {
    speak: plain(cut(`${banner}. ${name}`, 300)),
    style,
    banner: plain(cut(banner, 300)),
    name: brief(name),
    text: plain(cut(text, longest)),
  };
}

export function clusterFact(clusterId: string): Fact {
  return { label: "Cluster", value: clusterNames[clusterId] ?? clusterId };
}
