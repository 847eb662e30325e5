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
import * as chromium from "./chromium.mjs";
import * as firefox from "./firefox.mjs";

/** Milliseconds, an upper bound only: nothing waits that long unless it is broken. */
const PATIENCE_MS = 120_000;
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
  const browser = await driver.launch(folder, { strangers, patience: PATIENCE_MS }).catch(async (error) => {
    await sandbox.stop();
    throw error;
  });
  let opened = 0;
  return {
    name,
    browser,
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

    /** Runs `work(document, ...args)` in the panel. */
    panel: (work, ...args) => browser.panel().evaluate(callOf(browser, work, args)),

    /** Resolves with what `work(document, ...args)` returns once that is true. */
    async panelShows(work, ...args) {
      const handle = await browser.panel().waitForFunction(callOf(browser, work, args), { polling: 50 });
      return handle.jsonValue();
    },

    /** What the browser paints on a page for the extension: `{ name, text }` for each range. */
    marks: (page) =>
      page.evaluate(() =>
        [...CSS.highlights].flatMap(([name, ranges]) => [...ranges].map((range) => ({ name, text: range.toString() }))),
      ),

    async picture(what) {
      const pictures = join(root, "target", "screenshots");
      await mkdir(pictures, { recursive: true });
      await browser.picture(join(pictures, `extension-${name}-${what}.png`));
    },

    async close() {
      await browser.close();
      site.close();
      await sandbox.stop();
    },
  };
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
