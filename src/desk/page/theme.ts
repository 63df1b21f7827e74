import { byId, icon } from "./element.ts";

const KEY = "desk-theme";
const THEMES = ["auto", "light", "dark"] as const;
type Theme = (typeof THEMES)[number];
const LOOK = {
  auto: { picture: "auto", says: "Colours as the system" },
  light: { picture: "sun", says: "Light colours" },
  dark: { picture: "moon", says: "Dark colours" },
} as const;

/** Colours as the system has them, unless somebody chose; the choice is kept. */
export function startTheme(): void {
  const toggle = byId("theme", HTMLButtonElement);
  const show = (theme: Theme): void => {
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    const { picture, says } = LOOK[theme];
    toggle.replaceChildren(icon(picture));
    toggle.title = `${says}. Change`;
    toggle.setAttribute("aria-label", `${says}. Change`);
  };
  const chosen = (): Theme => THEMES.find((theme) => theme === localStorage.getItem(KEY)) ?? "auto";
  toggle.addEventListener("click", () => {
    const next = THEMES[(THEMES.indexOf(chosen()) + 1) % THEMES.length] ?? "auto";
    localStorage.setItem(KEY, next);
    show(next);
  });
  show(chosen());
}
