// Scenarios in headless Firefox, driven over WebDriver BiDi.

import { openBrowser } from "./run-browser.mjs";

export const openFirefox = () => openBrowser("firefox", { browser: "firefox", executablePath: "/usr/bin/firefox-esr" });
