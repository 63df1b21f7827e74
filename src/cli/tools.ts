import { join } from "node:path";
import { loadInventory } from "../connector/inventory.ts";
import { differences } from "../connector/tools/difference.ts";
import { loadPins } from "../connector/tools/pins.ts";
import { listToolReviews, toolReviewByNumber } from "../connector/tools/store.ts";
import type { ToolReview } from "../connector/tools/tool-review.ts";
import { type Directory, loadDirectory, type Person } from "../identity/directory.ts";
import { loadPolicies } from "../policy/cedar.ts";
import { answerToolReview } from "../review/tools/answer-tool-review.ts";
import type { Pool } from "../store/pool.ts";

const MANIFEST = join(import.meta.dirname, "../../manifest");
const states = { release: "released", "keep-out": "kept-out" } as const;

export type ToolsDesk = { pool: Pool; tenantId: string; peopleFile: string; operator(): Person };
/** What to print, and whether it is a failure. */
export type Said = { text: string; failed: boolean };

const told = (text: string): Said => ({ text, failed: false });
const failed = (text: string): Said => ({ text, failed: true });

/**
 * `tools`: what is or was in quarantine; `tools 12`: all of one review; `tools release 12 WHY` and `tools keep-out 12 WHY`: decide
 * about it. A running bot brings the cards up to date.
 */
export async function toolsCommand(desk: ToolsDesk, [first = "", ...rest]: string[]): Promise<Said> {
  const { pool, tenantId } = desk;
  const directory = loadDirectory(desk.peopleFile);
  if (first === "") return told(await listing(desk));
  const state = first === "release" || first === "keep-out" ? states[first] : undefined;
  const number = Number(state === undefined ? first : rest[0]);
  const review = Number.isSafeInteger(number) ? await toolReviewByNumber(pool, tenantId, number) : undefined;
  if (review === undefined) return failed(`Name a review by its number: "tools" lists them. Nothing was changed.`);
  if (state === undefined) return told(whole(review, directory));
  const person = desk.operator();
  const inventory = loadInventory(join(MANIFEST, "connectors.json"), directory);
  const ports = {
    ...{ pool, tenantId, inventory },
    policies: loadPolicies(join(MANIFEST, "policies")),
    pins: loadPins(join(MANIFEST, "pins"), inventory),
  };
  const why = rest.slice(1).join(" ");
  const { reviewId } = review;
  const answered = await answerToolReview(ports, { reviewId, person, personId: person.aadObjectId, state, why });
  switch (answered.outcome) {
    case "done":
      return told(`Number ${number} is ${state} now, in every process.`);
    case "already":
      return told(`Number ${number} was ${state} already.`);
    case "gone":
      return failed(`Number ${number} is gone. Nothing was changed.`);
    case "not-yours":
    case "refused":
      return failed(`${answered.why} Nothing was changed.`);
  }
}

async function listing({ pool, tenantId }: ToolsDesk): Promise<string> {
  const reviews = await listToolReviews(pool, tenantId, 100);
  if (reviews.length === 0) return "Every tool is as it was reviewed.";
  return reviews
    .map(({ number, state, system, foundAt, tools }) =>
      [number, state, system, foundAt.toISOString(), tools.map((tool) => JSON.stringify(tool)).join(", ")].join("\t"),
    )
    .join("\n");
}

/** As JSON, with every sign beyond ASCII escaped: a terminal must not be told what to show by what it shows. */
function whole(review: ToolReview, directory: Directory): string {
  const { number, system, state, changes } = review;
  const by = directory.people.find(({ aadObjectId }) => aadObjectId === review.decidedBy)?.upn ?? review.decidedBy;
  const decided = review.state === "open" ? "" : `, by ${by}: ${review.why}`;
  const lines = changes.flatMap(({ tool, before, after, fingerprint }) => [
    `${JSON.stringify(tool)}: ${before === undefined ? "new" : "changed"}, ${fingerprint}`,
    ...differences(before, after).map(
      (place) => `  ${place.at}\n    - ${place.before ?? ""}\n    + ${place.after ?? ""}`,
    ),
  ]);
  return [`${number}\t${state}\t${system}${decided}`, ...lines].map(escaped).join("\n");
}

const escaped = (text: string): string =>
  text.replaceAll(/[^\n\t\x20-\x7e]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
