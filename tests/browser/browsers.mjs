// The two browsers, and a page in them that tells on itself: console errors, uncaught exceptions, failed requests
// and breaches of the content security policy are collected, and a test that leaves any behind fails.

import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import puppeteer from "puppeteer-core";
import { root } from "./stage.mjs";

const CHROMIUM_FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-background-networking",
  "--disable-quic",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

/** Milliseconds, an upper bound only: a machine that has just installed its browsers starts them from a cold disk. */
const PATIENCE_MS = 180_000;

const LAUNCH = {
  chromium: () => ({
    browser: "chrome",
    executablePath: "/usr/bin/chromium",
    headless: true,
    pipe: true,
    args: CHROMIUM_FLAGS,
  }),
  // Firefox has no emulation of media features over BiDi; the scheme is a preference there.
  firefox: (dark) => ({
    browser: "firefox",
    executablePath: "/usr/bin/firefox-esr",
    headless: true,
    extraPrefsFirefox: { "layout.css.prefers-color-scheme.content-override": dark ? 0 : 1 },
  }),
};

/** Names of the browsers that are installed; says so when one is missing. */
export const names = Object.keys(LAUNCH).filter((name) => {
  const { executablePath } = LAUNCH[name]();
  if (existsSync(executablePath)) return true;
  console.log(`# passed over: ${name}, since there is no ${executablePath}`);
  return false;
});

/** Starts a browser. `dark` decides the colour scheme of all its pages. */
export async function launch(name, { dark = false } = {}) {
  const browser = await puppeteer.launch({ ...LAUNCH[name](dark), timeout: PATIENCE_MS });
  return {
    name,
    dark,
    close: () => browser.close(),
    async open(url, { width = 1100, height = 900 } = {}) {
      const page = await browser.newPage();
      page.setDefaultTimeout(PATIENCE_MS);
      await page.setViewport({ width, height });
      if (name === "chromium")
        await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }]);
      page.faults = faultsOf(page);
      await page.evaluateOnNewDocument(() => {
        globalThis.breaches = [];
        addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
          globalThis.breaches.push(`${violatedDirective}: ${blockedURI}`),
        );
      });
      await page.goto(url, { waitUntil: "load" });
      return page;
    },
  };
}

function faultsOf(page) {
  const faults = [];
  page.on(
    "console",
    (message) => ["error", "warn"].includes(message.type()) && faults.push(`console: ${message.text()}`),
  );
  page.on("pageerror", (error) => faults.push(`uncaught: ${error.message}`));
  page.on("requestfailed", (request) => {
    // Chromium now and then tells of a request as aborted whose answer had arrived, to its last byte.
    const { errorText } = request.failure();
    if (errorText === "net::ERR_ABORTED" && request.response()?.ok()) return;
    faults.push(`request failed (${errorText}): ${request.url()}`);
  });
  return faults;
}

/** Resolves when what is there now has been laid out and painted, off-screen parts included or left out as they will be. */
export function drawn(page) {
  return page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
}

/** Browsers refuse larger pictures, and nobody looks at them. */
const TALLEST = 8_000;

/** Keeps a picture of the page, as far down as is sensible, in `target/screenshots/`. */
export async function picture(page, name) {
  const folder = join(root, "target", "screenshots");
  await mkdir(folder, { recursive: true });
  // Rows outside the window are not painted (content-visibility): the window must hold them all.
  const before = page.viewport();
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewport({ ...before, height: Math.min(Math.max(before.height, height), TALLEST) });
  await drawn(page);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  await page.setViewport(before);
}
