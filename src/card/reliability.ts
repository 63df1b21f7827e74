import { z } from "zod";
import type { Recognition } from "../routing/reliability/recognition.ts";
import type { Reliability } from "../routing/reliability/report.ts";
import {
  adviceInWords,
  driftInWords,
  errorInWords,
  opinionsInWords,
  shortlistInWords,
} from "../routing/reliability/words.ts";
import { capital, clusterNames, Fact } from "./shared.ts";
import { type Card, cardTemplate } from "./template.ts";
import { brief } from "./text.ts";

const Part = z.strictObject({
  heading: z.string(),
  state: z.string(),
  color: z.enum(["Default", "Warning"]),
  facts: z.array(Fact),
});
const ReliabilityCard = z.strictObject({
  speak: z.string(),
  title: z.string(),
  text: z.string(),
  parts: z.array(Part),
});
const expand = cardTemplate("reliability", ReliabilityCard);

export type ReliabilityView = {
  /** how far back it looks */
  days: number;
  /** those that whoever asks may see */
  groups: readonly Reliability[];
  recognition: Recognition;
};

/** How far routing scores can be relied on: what the operators' command line says, without the curve. */
export function renderReliability({ days, groups, recognition }: ReliabilityView): Card {
  const title = "How far routing scores can be relied on";
  return expand({
    speak: title,
    title,
    text:
      groups.length === 0
        ? `Nothing was meant for your clusters in the last ${days} days.`
        : `The last ${days} days. Right: served and not corrected, or chosen on a card.`,
    parts: [...groups.map(groupPart), recognitionPart(recognition)],
  });
}

function groupPart({
  group,
  decisions,
  known,
  right,
  calibrationError,
  drift,
  advice,
}: Reliability): z.infer<typeof Part> {
  const hasShifted = drift.state === "measured" && drift.reading === "shifted";
  return {
    heading: group === "all" ? "The fleet" : (clusterNames[group] ?? brief(group)),
    state: known === 0 ? "nothing known yet" : `${((right / known) * 100).toFixed(1)} % right`,
    color: hasShifted ? "Warning" : "Default",
    facts: [
      { label: "Known", value: `${known} of ${decisions} decisions, ${right} of them right` },
      { label: "Calibration error", value: capital(errorInWords(calibrationError)) },
      { label: "Drift", value: capital(driftInWords(drift)) },
      { label: "Threshold", value: capital(adviceInWords(advice)) },
    ],
  };
}

function recognitionPart(recognition: Recognition): z.infer<typeof Part> {
  const opinions = opinionsInWords(recognition).map(({ of, went }) => ({
    label: `Second opinion: ${brief(of)}`,
    value: capital(went),
  }));
  return {
    ...{ heading: "Recognising, in the whole fleet", state: `${recognition.decisions} decisions`, color: "Default" },
    facts: [
      { label: "Shortlist", value: capital(shortlistInWords(recognition)) },
      ...(opinions.length === 0 ? [{ label: "Second opinion", value: "Nobody else was asked" }] : opinions),
    ],
  };
}
