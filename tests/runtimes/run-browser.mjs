// Scenarios in a page, under the strictest content security policy that the package supports (S14).

import { once } from "node:events";
import { readFileSync } from "node:fs";
import http from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

import puppeteer from "puppeteer-core";

import { entryFor, packageFolder } from "./packed.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const TYPES = { ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm" };
/** An upper bound only: a browser starts slowly on a busy machine. */
export const START_MS = 60_000;
/** What every browser is started with. That it tells of each request costs more than the scenarios themselves, and nobody asks. */
export const COMMON = { headless: true, timeout: START_MS, networkEnabled: false };
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src http://127.0.0.1:* https://127.0.0.1:*; require-trusted-types-for 'script'";
const HTML = "<!doctype html><meta charset=utf-8><title>hostile</title><script type=module src=/tests/page.mjs></script>";

export async function openBrowser(name, launchOptions) {
  const site = await serve();
  const browser = await puppeteer.launch({ ...COMMON, ...launchOptions });
  const page = await browser.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(`${site.origin}/?runtime=${name}`);
  await page.waitForFunction("globalThis.hostileAgent !== undefined", { timeout: START_MS }).catch(() => {
    throw new Error(`the page did not start: ${complaints.join("; ") || "no error was reported"}`);
  });
  return {
    name,
    kind: "page",
    run: (job) => page.evaluate((work) => globalThis.hostileAgent.whole(work), job),
    async close() {
      await browser.close();
      site.server.closeAllConnections();
      site.server.close();
    },
  };
}

async function serve() {
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://page.invalid");
    const body = pathname === "/" ? HTML : read(pathname);
    if (body === null) return response.writeHead(404).end();
    return response.writeHead(200, { "Content-Type": TYPES[extname(pathname)] ?? "text/html", "Content-Security-Policy": POLICY }).end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, origin: `http://127.0.0.1:${server.address().port}` };
}

/** `/package/…` is the installed package, `/tests/…` this folder. */
function read(pathname) {
  const [, root, ...rest] = normalize(pathname).split("/");
  const file = rest.join("/");
  try {
    if (root === "package") return readFileSync(join(packageFolder(), file));
    if (file === "page.mjs") return readFileSync(join(here, "hosts/page.mjs"), "utf8").replace("\"PACKAGE_ENTRY\"", `"/package/${entryFor(["browser"])}"`);
    return readFileSync(join(here, file));
  } catch {
    return null;
  }
}
