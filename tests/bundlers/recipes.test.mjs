// The recipes for browsers: React's components in a page, and the extension in Chromium. Those for Node are in
// tests/package/recipes.test.mjs.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import * as esbuild from "esbuild";
import puppeteer from "puppeteer-core";
import { launch } from "../browser/browsers.mjs";
import { startSandbox, threatqConfig } from "../package/sandbox.mjs";
import { entry } from "../support/project.mjs";
import { promised, unfold } from "../support/recipes.mjs";
import { openSite } from "./site.mjs";

const { createClient, lookup } = await import(entry());

let sandbox;
before(async () => {
  sandbox = await startSandbox();
});
after(() => sandbox?.stop());

/** What a user's main module does with the components of the recipe. */
const PAGE = `
import { createRoot } from "react-dom/client";
import { Indicators } from "./Indicators.jsx";
import { Panel } from "./Panel.jsx";
import { Verdict } from "./Verdict.jsx";

const root = document.createElement("main");
document.body.append(root);
createRoot(root).render(
  <>
    <section><Verdict value="bad.example" /></section>
    <Indicators text="hxxp://bad[.]example/x and 203.0.113.9" />
    <Panel />
  </>,
);
`;

describe("react.md", () => {
  let site;
  let browser;
  let client;
  before(async () => {
    site = await openSite();
    browser = await launch("chromium");
    client = await createClient(threatqConfig(sandbox));
    site.handle("/lookup", answer);
  });
  after(async () => {
    client?.close();
    await browser?.close();
    await site?.close();
  });

  /** The server that the recipe speaks of. */
  async function answer(request, response) {
    let body = "";
    for await (const piece of request.setEncoding("utf8")) body += piece;
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(await lookup(JSON.parse(body).values, [client])));
  }

  test("the components show verdicts, and the element is a tag like any other", async () => {
    const { folder } = await unfold("react.md", { tools: ["react", "react-dom"] });
    await writeFile(join(folder, "main.jsx"), PAGE);
    const { warnings } = await esbuild.build({
      entryPoints: [join(folder, "main.jsx")],
      outfile: join(folder, "dist/main.js"),
      bundle: true,
      format: "esm",
      jsx: "automatic",
      define: { "process.env.NODE_ENV": '"production"' },
      logLevel: "silent",
    });
    assert.deepEqual(warnings, []);
    const html = '<!doctype html><meta charset="utf-8"><title>React</title><body><script type="module" src="main.js"></script>';
    await writeFile(join(folder, "dist/index.html"), html);
    site.mount("/react/", join(folder, "dist"));

    const page = await browser.open(`${site.origin}/react/`);
    await page.waitForFunction(() => document.querySelectorAll("output[data-verdict]").length === 3);
    const said = await page.$$eval("output", (all) => all.map((one) => one.textContent));
    assert.deepEqual(await page.$$eval("li", (all) => all.map((one) => one.firstChild.textContent)), ["hxxp://bad[.]example/x", "203.0.113.9"]);
    assert.deepEqual(said, ["malicious, 90 of 100", "unknown", "malicious, 80 of 100"]);
    assert.equal(await page.$eval("ioc-lookup", (one) => one.shadowRoot !== null), true);
    assert.deepEqual([page.faults, await page.evaluate(() => globalThis.breaches)], [[], []]);
  });
});

describe("extension.md", () => {
  test("is bundled by its script, loads its own module, and looks up what is selected", async () => {
    // What a person grants at connection time is granted beforehand here: nobody can click on the browser's question.
    const granted = (source) => source.replace('"optional_host_permissions": ["https://*/*"]', '"host_permissions": ["http://127.0.0.1/*"]');
    const { folder, sources } = await unfold("extension.md", { tools: ["esbuild"], change: granted });
    const { stdout, stderr } = await promisify(execFile)("bash", ["--norc", "-euo", "pipefail", "bundle.sh"], { cwd: folder, env: { ...process.env, npm_config_update_notifier: "false" } });
    assert.deepEqual([stdout.trimEnd().split("\n"), stderr], [promised(sources["bundle.sh"]), ""]);

    const browser = await puppeteer.launch({
      executablePath: "/usr/bin/chromium",
      headless: true,
      pipe: true,
      enableExtensions: [join(folder, "dist")],
      args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"],
    });
    try {
      const target = await browser.waitForTarget((one) => one.type() === "service_worker");
      const page = await browser.newPage();
      // Any file of the extension is a page of it.
      await page.goto(new URL("manifest.json", target.url()).href);
      const told = await page.evaluate(async (connection) => {
        await chrome.storage.session.set({ connection });
        return chrome.runtime.sendMessage({ lookUp: "see hxxp://bad[.]example/ and 203.0.113.9" });
      }, threatqConfig(sandbox));
      assert.deepEqual(told, ["http://bad.example/ malicious", "203.0.113.9 malicious"]);
      const kept = await page.evaluate(async () => Object.keys(await chrome.storage.session.get(null)));
      assert.ok(kept.some((name) => name.startsWith("ioc-lookup:")), kept.join());
    } finally {
      await browser.close();
    }
  });
});
