// The extension in Firefox, as an analyst has it: everything is real. The browser's own window is a document, too, and the
// protocol may speak to it: menus are opened by the right mouse button, and questions are answered by pressing their buttons.

import { readFile, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import puppeteer from "puppeteer-core";

export const executable = "/usr/bin/firefox-esr";
export const manifestChanges = {};

const ID = "ioc-lookup@example.com";
/** Otherwise drawn at each start, and the addresses of the extension's pages with it. */
const UUID = "3d9b1639-77fb-44a1-888a-6d97d773e96b";
const BASE = `moz-extension://${UUID}/`;
const STRANGER = { id: "stranger@example.com", uuid: "b0a9be0e-0cc2-4b4e-9a4e-4b7a4f1c5a10" };

const TITLES = { selection: /^Look up/, page: /^Find indicators/ };

export async function launch(folder, { strangers = [], downloads, patience }) {
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: executable,
    headless: true,
    timeout: patience,
    protocolTimeout: patience,
    args: ["--remote-allow-system-access"],
    extraPrefsFirefox: {
      "extensions.webextensions.uuids": JSON.stringify({ [ID]: UUID, [STRANGER.id]: STRANGER.uuid }),
      "browser.download.folderList": 2,
      "browser.download.dir": downloads,
      "browser.download.alwaysOpenPanel": false,
    },
  });
  for (const path of [folder, ...strangers]) await browser.installExtension(path);
  const { connection } = browser;
  const tree = await connection.send("browsingContext.getTree", { "moz:scope": "chrome", maxDepth: 0 });
  const [{ context: chrome }] = tree.result.contexts;
  let observer = null;

  /** Runs `work` in the browser's own window. */
  async function inWindow(work, ...args) {
    const { result } = await connection.send("script.callFunction", {
      functionDeclaration: `async () => JSON.stringify(await (${work})(...${JSON.stringify(args)}))`,
      awaitPromise: true,
      userActivation: true,
      target: { context: chrome },
    });
    if (result.type !== "success") throw new Error(result.exceptionDetails.text);
    return JSON.parse(result.result.value ?? "null");
  }

  async function open(url) {
    const page = await browser.newPage();
    page.setDefaultTimeout(patience);
    await page.goto(url);
    return page;
  }

  // The protocol tells of no end of loading for these pages; their modules set the first words.
  async function openExtensionPage(url) {
    const page = await browser.newPage();
    page.setDefaultTimeout(patience);
    const context = page.mainFrame()._id;
    await connection.send("browsingContext.navigate", { context, url, wait: "none" });
    await page.waitForFunction((url) => location.href === url && document.readyState === "complete", {}, url);
    return page;
  }

  const openOwn = (path) => openExtensionPage(BASE + path);

  async function choose(page, entry) {
    await page.bringToFront();
    const { x, y } = await page.evaluate(() => {
      const selection = getSelection();
      const box = selection.isCollapsed ? document.querySelector("h1").getBoundingClientRect() : selection.getRangeAt(0).getClientRects()[0];
      return { x: box.x + 5, y: box.y + box.height / 2 };
    });
    await page.mouse.click(x, y, { button: "right" });
    await inWindow(async (title) => {
      const menu = document.getElementById("contentAreaContextMenu");
      if (menu.state !== "open") await new Promise((resolve) => menu.addEventListener("popupshown", resolve, { once: true }));
      const entry = [...menu.querySelectorAll("menuitem")].find(({ label, hidden }) => !hidden && new RegExp(title).test(label));
      menu.activateItem(entry);
    }, TITLES[entry].source);
    observer ??= await openOwn("options/options.html");
    await observer.waitForFunction(() => globalThis.browser.extension.getViews({ type: "sidebar" }).length === 1);
    await page.bringToFront();
  }

  return {
    id: ID,
    open,
    base: BASE,
    openOwn,
    openStranger: (path) => openExtensionPage(`moz-extension://${STRANGER.uuid}/${path}`),
    choose,
    /** The sidebar itself is out of the protocol's reach; another page of the extension sees into it. */
    panel: () => observer,
    panelDocument: 'browser.extension.getViews({ type: "sidebar" })[0].document',

    /** The protocol tells of none in the sidebar. */
    faults: () => [],

    async answer(page, selector, granted) {
      await page.click(selector);
      await inWindow(async (granted) => {
        const { panel } = PopupNotifications;
        if (panel.state !== "open") await new Promise((resolve) => panel.addEventListener("popupshown", resolve, { once: true }));
        const [notification] = panel.children;
        (granted ? notification.button : notification.secondaryButton).click();
      }, granted);
    },

    stopBackground: () =>
      inWindow((id) => WebExtensionPolicy.getByID(id).extension.terminateBackground({ disableResetIdleForTest: true }), ID),

    /** A person's click: scripts may neither copy nor save without one. The sidebar is where the window says it is. */
    async clickInPanel(words) {
      const within = await observer.evaluate((words) => {
        const { document } = globalThis.browser.extension.getViews({ type: "sidebar" })[0];
        const button = [...document.querySelectorAll("#page button")].find(({ textContent }) => textContent.includes(words));
        button.scrollIntoView({ block: "center" });
        const { x, y, width, height } = button.getBoundingClientRect();
        return { x: x + width / 2, y: y + height / 2 };
      }, words);
      await inWindow((within) => {
        const outer = document.getElementById("sidebar");
        const inner = outer.contentDocument.getElementById("webext-panels-browser");
        const [place, box] = [outer, inner].map((element) => element.getBoundingClientRect());
        const [x, y] = [place.x + box.x + within.x, place.y + box.y + within.y];
        for (const type of ["mousedown", "mouseup"]) window.synthesizeMouseEvent(type, x, y, { button: 0, clickCount: 1 });
      }, within);
    },

    /** What `begin` brings into the folder of downloads, once it is there: `{ name, text }`. */
    async download(begin) {
      await inWindow(async () => {
        const { Downloads } = ChromeUtils.importESModule("resource://gre/modules/Downloads.sys.mjs");
        const list = await Downloads.getList(Downloads.ALL);
        window.downloaded = new Promise((resolve) => {
          const look = ({ succeeded, target }) => succeeded && resolve(target.path);
          list.addView({ onDownloadAdded: look, onDownloadChanged: look });
        });
      });
      await begin();
      const path = await inWindow(() => window.downloaded);
      return { name: basename(path), text: await readFile(path, "utf8") };
    },

    /** Of the whole window, which has the sidebar in it. */
    async picture(path) {
      const data = await inWindow(async () => {
        const { currentWindowGlobal } = window.browsingContext;
        const image = await currentWindowGlobal.drawSnapshot(new DOMRect(0, 0, innerWidth, innerHeight), 1, "white");
        const canvas = new OffscreenCanvas(image.width, image.height);
        canvas.getContext("2d").drawImage(image, 0, 0);
        const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
        return bytes.toBase64();
      });
      await writeFile(path, Buffer.from(data, "base64"));
    },
    close: () => browser.close(),
  };
}
