import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { z } from "zod";
import { SignalboxError } from "../errors.ts";

// Its type declarations pull in sources that do not compile under our settings, so the two members in use are declared here.
const { Template } = createRequire(import.meta.url)("adaptivecards-templating") as {
  Template: new (payload: unknown) => { expand(context: { $root: unknown }): unknown };
};

/** An Adaptive Card 1.5, as it is sent. */
export type Card = { type: "AdaptiveCard"; version: string; [property: string]: unknown };

/** Teams refuses cards of about 28 KB; we stay below 25. */
export const MAX_CARD_BYTES = 25_000;

/**
 * A template of /cards together with the schema of its data. The data is validated and then expanded once: what stands in the
 * data is never read as a template, and a hole in the template is an error, not a `${hole}` on somebody's screen.
 */
export function cardTemplate<T>(name: string, schema: z.ZodType<T>): (data: T) => Card {
  const file = new URL(`../../cards/${name}.json`, import.meta.url);
  let template: InstanceType<typeof Template> | undefined;
  return (data) => {
    const valid = schema.safeParse(data);
    if (!valid.success) {
      const [issue] = valid.error.issues;
      throw new SignalboxError(
        "card-data-invalid",
        `Card ${name}: ${issue?.path.join(".")}: ${issue?.message}. Mend what renders it.`,
      );
    }
    template ??= new Template(JSON.parse(readFileSync(file, "utf8")));
    const card = template.expand({ $root: valid.data }) as Card;
    // A `${` on the card is either in somebody's words or a hole: without the words it must be gone.
    if (hasPlace(card) && hasPlace(template.expand({ $root: withoutPlaces(valid.data) })))
      throw new SignalboxError("card-template-hole", `Card ${name} has a place that its data does not fill.`);
    return card;
  };
}

function hasPlace(value: unknown): boolean {
  return JSON.stringify(value).includes("${");
}

function withoutPlaces(data: unknown): unknown {
  return JSON.parse(JSON.stringify(data).replaceAll("${", ""));
}

/** Bytes that a card takes on the wire. */
export function bytesOf(card: Card): number {
  return Buffer.byteLength(JSON.stringify(card));
}

/**
 * Renders with less and less until the card fits.
 * @param variants from the fullest to the leanest; the last must fit whatever the data
 */
export function fitting(...variants: (() => Card)[]): Card {
  for (const variant of variants) {
    const card = variant();
    if (bytesOf(card) <= MAX_CARD_BYTES) return card;
  }
  throw new SignalboxError("card-too-large", `A card is larger than ${MAX_CARD_BYTES} bytes even in its leanest form.`);
}
