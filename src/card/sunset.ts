import { z } from "zod";
import type { AgentRecord } from "../registry/agent-record.ts";
import { dayOf, daysBetween } from "../review/day.ts";
import type { Sunset } from "../review/sunsets/sunset.ts";
import { clusterFact, dutyHead, dutyShape, type Stand } from "./duty.ts";
import { intentName, listed } from "./shared.ts";
import { type Card, cardTemplate, fitting } from "./template.ts";
import { brief, cut, plain } from "./text.ts";

const SunsetCard = z.strictObject({
  ...dutyShape,
  open: z.boolean(),
  sunsetId: z.uuid(),
});
const expand = cardTemplate("sunset", SunsetCard);

/** All that the card about the end of an agent shows. `isOwners`: whoever sees it may say that they know. */
export type SunsetView = {
  sunset: Sunset;
  record: AgentRecord;
  successor: AgentRecord | undefined;
  now: Date;
  isOwners: boolean;
  nameOf(personId: string): string;
};

/** An agent comes to its end: before it, on its last days, and when it has ended. */
export function renderSunset(view: SunsetView): Card {
  return fitting(
    () => render(view, 100),
    () => render(view, 8),
  );
}

function render(view: SunsetView, most: number): Card {
  const { sunset, record, successor, isOwners } = view;
  const labels = record.intent_patterns.map(({ intent_label }) => intentName(intent_label));
  return expand({
    ...dutyHead(stateOf(view), record.display_name),
    facts: [
      clusterFact(record.cluster_id),
      { label: "Last day", value: sunset.endsOn },
      { label: sunset.stage === "ended" ? "Stopped" : "Stops then", value: listed(labels, most) },
      {
        label: "Replacement",
        value: successor === undefined ? "no other agent is like it" : replacement(successor, most),
      },
      { label: "Owner", value: plain(cut(record.owner_upn, 200)) },
    ],
    open: isOwners && sunset.acknowledgedAt === null && (sunset.stage === "warned" || sunset.stage === "final"),
    sunsetId: sunset.sunsetId,
  });
}

function stateOf({ sunset, record, now, nameOf }: SunsetView): Stand {
  const left = Math.max(0, daysBetween(dayOf(now), sunset.endsOn));
  const days = `${left} ${left === 1 ? "day" : "days"}`;
  const seen = sunset.acknowledgedBy === null ? "" : ` ${nameOf(sunset.acknowledgedBy)} knows of it.`;
  const keep = "Whoever wants to keep it longer gives its record a later date, at most two years after registration.";
  switch (sunset.stage) {
    case "warned":
      return {
        style: "warning",
        banner: `It ends in ${days}`,
        text: `On its last day it leaves routing for good. ${keep}${seen}`,
      };
    case "final":
      return {
        style: "attention",
        banner: `Final warning: it ends in ${days}`,
        text: `On its last day it leaves routing for good, and what it does stops. ${keep}${seen}`,
      };
    case "ended":
      return {
        style: "default",
        banner: "It has ended",
        text: "It serves nobody any more: its intents are out of routing. Its record, every version of it and its history are kept.",
      };
    case "moved":
      return {
        style: "good",
        banner: `It goes on: its last day is ${record.deprecation_date} now`,
        text: "Its record was given a later date. Nothing is to be done.",
      };
  }
}

function replacement({ display_name: name, intent_patterns: intents }: AgentRecord, most: number): string {
  const labels = intents.map(({ intent_label }) => intentName(intent_label));
  return `${brief(name)} (${listed(labels, Math.min(most, 6))})`;
}
