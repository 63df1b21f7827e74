import { figureInWords, type Report, type Section } from "./report.ts";

/** A report as a file for people: everything in it, however long. Pure. */
export function asMarkdown({ title, period, from, through, isWhole, sections }: Report): string {
  const when = `${from} to ${through} (UTC)${isWhole ? "" : ", so far"}`;
  return [`# ${title} ${period}`, "", when, ...sections.flatMap(sectionOf), ""].join("\n");
}

function sectionOf({ heading, isBad, figures, lines }: Section): string[] {
  return [
    ...["", `## ${safe(heading)}${isBad ? " (look at this)" : ""}`, ""],
    ...["| | |", "| --- | --- |"],
    ...figures.map((one) => `| ${safe(one.label)} | ${safe(figureInWords(one))} |`),
    ...(lines.length === 0 ? [] : ["", ...lines.map((line) => `- ${safe(line)}`)]),
  ];
}

/** Names are somebody else's text: no mark of Markdown or HTML in them means anything, and none ends the line. */
function safe(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\u202a-\u202e\u2066-\u2069]+/gu, " ")
    .replaceAll("&", "&amp;")
    .replaceAll(/[\\`*_[\]#<>|~]/g, "\\$&");
}
