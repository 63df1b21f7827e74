import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";

const PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
];

const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * A browser without a window. Whoever launches it closes it in `after`.
 * @returns undefined, with a printed line, when this machine has none: the tests that need one are skipped then
 */
export async function launchBrowser(): Promise<Browser | undefined> {
  const given = process.env.CHROMIUM_PATH;
  const executablePath = [...(given === undefined ? [] : [given]), ...PLACES].find((place) => existsSync(place));
  if (executablePath === undefined) {
    process.stdout.write("  Browser tests are skipped: no Chromium found. Install one, or set CHROMIUM_PATH.\n");
    return undefined;
  }
  return chromium.launch({ executablePath, headless: true, args: ARGS });
}

export type Look = { width?: number; height?: number; dark?: boolean };

/** A window of its own, in which nothing is remembered. `problems`: errors of the page, and requests that left this machine. */
export async function openWindow(
  browser: Browser,
  address: string,
  look: Look = {},
): Promise<{ page: Page; problems: string[] }> {
  const { width = 1280, height = 800, dark = false } = look;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? "dark" : "light",
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (line) => {
    if (line.type() === "error") problems.push(line.text());
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(new URL(address).origin) && !request.url().startsWith("data:"))
      problems.push(`asked ${request.url()}`);
  });
  await page.goto(address);
  return { page, problems };
}
