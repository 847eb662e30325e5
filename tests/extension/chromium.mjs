// The extension in Chromium, as an analyst has it.
//
// What is real: the loaded extension, its service worker, the button in the toolbar with the permission that comes with it, the
// side panel. What no protocol can reach is stood in for, and only that: the entry of the native menu (its event is sent to the
// worker as the browser would), and the native question for a permission (granted by the manifest, or refused by `answer`).

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import puppeteer from "puppeteer-core";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

export const executable = "/usr/bin/chromium";

/** The permission that a person would grant. */
export const manifestChanges = { host_permissions: ["http://127.0.0.1/*"] };

export async function launch(folder, { strangers = [], downloads, patience }) {
  const browser = await puppeteer.launch({
    browser: "chrome",
    executablePath: executable,
    headless: true,
    pipe: true,
    timeout: patience,
    enableExtensions: true,
    args: FLAGS,
  });
  const session = await browser.target().createCDPSession();
  await session.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: downloads, eventsEnabled: true });
  const isOurs = (target) => target.type() === "service_worker" && target.url().endsWith("/background.js");
  const id = await browser.installExtension(folder);
  const others = await Promise.all(strangers.map((path) => browser.installExtension(path)));
  const extension = (await browser.extensions()).get(id);
  const base = `chrome-extension://${id}/`;

  /** The worker, once it listens. One that has just been woken exists before its script has run. */
  async function worker() {
    const worker = await (await browser.waitForTarget(isOurs, { timeout: patience })).worker();
    const listens = () => worker.evaluate(() => globalThis.chrome?.contextMenus?.onClicked.hasListeners() ?? false);
    while (!(await listens()));
    return worker;
  }
  let panel = null;
  const faults = [];

  async function open(url) {
    const page = await browser.newPage();
    page.setDefaultTimeout(patience);
    await page.goto(url);
    return page;
  }

  /** The button in the toolbar: it opens the panel and lets the extension read this page. */
  async function pressButton(page) {
    await page.bringToFront();
    await page.triggerExtensionAction(extension);
    const target = await browser.waitForTarget((target) => target.url() === `${base}panel/panel.html`, { timeout: patience });
    if (panel?.target() === target) return;
    panel = await target.asPage();
    panel.setDefaultTimeout(patience);
    panel.on("console", (message) => console.log(`# the panel: ${message.text()}`));
    panel.on("pageerror", ({ message }) => faults.push(message));
  }

  return {
    id,
    open,
    base,
    openOwn: (path) => open(base + path),
    openStranger: (path) => open(`chrome-extension://${others[0]}/${path}`),
    pressButton,
    panel: () => panel,
    /** What went wrong in the panel and nobody caught. */
    faults: () => faults,
    panelDocument: "document",

    async choose(page, entry) {
      await pressButton(page);
      const selectionText = await page.evaluate(() => getSelection().toString());
      await (
        await worker()
      ).evaluate(
        async (menuItemId, selectionText, pageUrl) => {
          const tab = (await chrome.tabs.query({ active: true })).find(({ url }) => url === pageUrl);
          chrome.contextMenus.onClicked.dispatch({ menuItemId, selectionText, pageUrl }, tab);
        },
        entry,
        selectionText,
        page.url(),
      );
    },

    /** Presses a button that asks for a permission, and answers. */
    async answer(page, selector, granted) {
      if (!granted) await page.evaluate(refuseOnce);
      await page.click(selector);
    },

    /** It may have stopped by itself: that is what it does when nothing is asked of it. */
    async stopBackground() {
      const target = browser.targets().find(isOurs);
      if (!target) return;
      const gone = new Promise((resolve) => browser.on("targetdestroyed", (other) => other === target && resolve()));
      await (await target.worker()).close();
      await gone;
    },

    /** A person's click: scripts may neither copy nor save without one. */
    async clickInPanel(words) {
      const button = await panel.waitForSelector(`main > #page button::-p-text(${words})`);
      await button.click();
    },

    /** What `begin` brings into the folder of downloads, once it is there: `{ name, text }`. */
    async download(begin) {
      const named = new Promise((resolve) => session.once("Browser.downloadWillBegin", ({ suggestedFilename }) => resolve(suggestedFilename)));
      const ended = new Promise((resolve) => session.on("Browser.downloadProgress", ({ state }) => state === "inProgress" || resolve(state)));
      await begin();
      const [name, state] = await Promise.all([named, ended]);
      if (state !== "completed") throw new Error(`the download was ${state}`);
      return { name, text: await readFile(join(downloads, name), "utf8") };
    },

    picture: (path) => panel.screenshot({ path, fullPage: true }),
    close: () => browser.close(),
  };
}

/** In the page: the next question for a permission is answered with no. */
function refuseOnce() {
  const { request } = chrome.permissions;
  chrome.permissions.request = async () => {
    chrome.permissions.request = request;
    return false;
  };
}
