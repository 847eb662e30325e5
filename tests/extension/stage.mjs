// What an extension test stands on: the sandbox, a web site of ours, and the extension made from the packed package.

import { existsSync } from "node:fs";
import { mkdir, mkdtemp } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { assemble } from "../../xtask/node/extension.mjs";
import { FREE_PORTS, startSandbox } from "../../xtask/node/sandbox.mjs";
import { readConnections } from "../../www/platforms.js";
import { packaged } from "../support/project.mjs";
import { stands } from "./analyst.mjs";
import * as chromium from "./chromium.mjs";
import * as firefox from "./firefox.mjs";

/** Milliseconds, an upper bound only: nothing waits that long unless it is broken. */
export const PATIENCE_MS = 120_000;
const { IOC_SANDBOX, IOC_TMP } = process.env;
const root = fileURLToPath(new URL("../..", import.meta.url));
const drivers = { chromium, firefox };

/** Names of the browsers that are installed; says so when one is missing. */
export const names = Object.keys(drivers).filter((name) => {
  const { executable } = drivers[name];
  if (existsSync(executable)) return true;
  console.log(`# passed over: ${name}, since there is no ${executable}`);
  return false;
});

/** `pages`: HTML by path. `strangers`: folders of other extensions to be loaded beside ours. */
export async function openStage(name, { pages, strangers }) {
  // A folder of its own: test files may run side by side.
  const folder = await mkdtemp(join(IOC_TMP, `extension-${name}-`));
  const driver = drivers[name];
  await assemble(name, folder, { pkg: packaged(""), changes: driver.manifestChanges });
  const sandbox = await startSandbox(IOC_SANDBOX, [...FREE_PORTS, "--inspect"]);
  const site = await serve(pages);
  const downloads = await mkdtemp(join(IOC_TMP, "downloads-"));
  const launched = await driver.launch(folder, { strangers, downloads, patience: PATIENCE_MS }).then(installed).catch(async (error) => {
    await sandbox.stop();
    throw error;
  });
  const { browser, options, alarm } = launched;
  let opened = 0;
  return {
    name,
    browser,
    /** The options page, open from the beginning. */
    options,
    /** The alarm as the extension has set it. */
    alarm,
    /** What must be filled in for a platform: `{ platform, signIn, values }`. */
    connection: (id) => readConnections(JSON.stringify(sandbox.ready)).find(({ platform }) => platform.id === id),

    /**
     * A page of the site, at an address of its own. The site has another name than the platform: the permission for
     * one is none for the other.
     */
    open(path) {
      opened += 1;
      return browser.open(`http://localhost:${site.address().port}${path}?${opened}`);
    },

    /** What the platforms were asked since the last call: `POST /api/token`, … */
    async requests() {
      const log = await (await fetch(`${sandbox.ready.threatq.baseUrl}/__sandbox/requests`)).json();
      return (log.requests ?? log).map(({ method, path }) => `${method} ${path}`);
    },

    /** Chooses an entry of the page's menu; the panel is there afterwards. */
    async choose(page, entry) {
      await browser.choose(page, entry);
      await this.panelShows(stands);
    },

    /** Runs `work(document, ...args)` in the panel. */
    panel: (work, ...args) => browser.panel().evaluate(callOf(browser, work, args)),

    /** Resolves with what `work(document, ...args)` returns once that is true. */
    async panelShows(work, ...args) {
      try {
        const handle = await browser.panel().waitForFunction(callOf(browser, work, args), { polling: 50 });
        return await handle.jsonValue();
      } catch (cause) {
        const words = await this.panel((document) => document.body.innerText).catch(({ message }) => message);
        throw new Error(`the panel did not come to show what it should; it shows: ${words}`, { cause });
      }
    },

    /** What the browser paints on a page for the extension: `{ name, text }` for each range. */
    marks: (page) =>
      page.evaluate(() =>
        [...CSS.highlights].flatMap(([name, ranges]) => [...ranges].map((range) => ({ name, text: range.toString() }))),
      ),

    /** Of the panel or, if one is given, of a page. */
    async picture(what, page) {
      const pictures = join(root, "target", "screenshots");
      await mkdir(pictures, { recursive: true });
      const path = join(pictures, `extension-${name}-${what}.png`);
      // Chromium paints no tab that lies behind another one.
      await page?.bringToFront();
      await (page ? page.screenshot({ path, fullPage: true }) : browser.picture(path));
    },

    async close() {
      await browser.close();
      site.close();
      await sandbox.stop();
    },
  };
}

/**
 * The extension once it has done all that it does when it is installed; its alarm comes last. That is wound up again: it
 * would ring after a minute, on a slow machine in the middle of a test that counts requests.
 */
async function installed(browser) {
  try {
    const options = await browser.openOwn("options/options.html");
    const alarm = await options.waitForFunction(() => (globalThis.browser ?? chrome).alarms.get("watchlist"), { polling: 50 });
    await options.evaluate(() => (globalThis.browser ?? chrome).alarms.create("watchlist", { delayInMinutes: 60, periodInMinutes: 60 }));
    return { browser, options, alarm: await alarm.jsonValue() };
  } catch (error) {
    await browser.close();
    throw error;
  }
}

function callOf({ panelDocument }, work, args) {
  return `(${work})(${[panelDocument, ...args.map((argument) => JSON.stringify(argument))].join(", ")})`;
}

async function serve(pages) {
  const server = createServer((request, response) => {
    const page = pages[new URL(request.url, "http://localhost").pathname];
    response.writeHead(page === undefined ? 404 : 200, { "content-type": "text/html; charset=utf-8" }).end(page);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  return server;
}
