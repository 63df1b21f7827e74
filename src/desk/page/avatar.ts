import { element } from "./element.ts";

const TINTS = 8;

/** The initials of a person in a colour of their own, or the bot's picture. */
export function avatar(who: { id: string; name: string; kind?: "bot" | "person" | "channel" }): HTMLElement {
  if (who.kind === "bot")
    return element("img", { class: "avatar", src: "/desk/assets/icon.svg", alt: "", width: 36, height: 36 });
  const shape = who.kind === "channel" ? "avatar avatar-channel" : "avatar";
  return element("span", { class: `${shape} tint-${tintOf(who.id)}`, "aria-hidden": "true" }, initials(who.name));
}

function initials(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "");
  const [first = "?"] = words;
  const last = words.length > 1 ? words.at(-1) : undefined;
  return `${[...first][0] ?? "?"}${[...(last ?? "")][0] ?? ""}`.toLocaleUpperCase();
}

function tintOf(id: string): number {
  let sum = 0;
  for (const char of id) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 9_973;
  return sum % TINTS;
}
