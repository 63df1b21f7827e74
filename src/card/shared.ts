import { z } from "zod";
import { brief } from "./text.ts";

/** The parts that several cards have in common. */
export const Fact = z.strictObject({ label: z.string(), value: z.string() });
export type Fact = z.infer<typeof Fact>;
export const Style = z.enum(["default", "emphasis", "accent", "good", "warning", "attention"]);
export type Style = z.infer<typeof Style>;
export const Choice = z.strictObject({ title: z.string().min(1), choice: z.int(), tooltip: z.string() });
export type Choice = z.infer<typeof Choice>;

/** Local time of whoever looks at the card: the client fills it in. */
export function localTime(at: Date): string {
  const iso = at.toISOString().replace(/\.\d+Z$/, "Z");
  return `{{DATE(${iso},SHORT)}} {{TIME(${iso})}}`;
}

export const clusterNames: Record<string, string> = {
  sales: "Sales",
  finance: "Finance",
  "it-security": "IT & Security",
  "hr-legal": "HR & Legal",
};

/** Names of the intents, as people read them: "overdue-invoices" → "overdue invoices". */
export function intentName(label: string): string {
  return label.replaceAll("-", " ");
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** "one, two and 3 more": safe, and no longer than so many items. */
export function listed(items: readonly string[], most: number): string {
  const more = items.length - most;
  const shown = items.slice(0, most).map(brief).join(", ");
  return more > 0 ? `${shown} and ${more} more` : shown;
}
