// Scenarios in headless Chromium.

import { openBrowser } from "./run-browser.mjs";

export const launchOptions = {
  executablePath: "/usr/bin/chromium",
  pipe: true,
  // As root Chromium refuses its sandbox; the rest keeps it from calling home while requests are counted.
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"],
};

export const openChromium = () => openBrowser("chromium", launchOptions);
