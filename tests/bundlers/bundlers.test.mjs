// The packed package through every bundler: built without a warning, with one copy of the wasm in it, and what was built
// looks a value up in the sandbox, in Chromium.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as esbuild from "esbuild";
import { packaged, project } from "../support/project.mjs";
import { launch } from "../browser/browsers.mjs";
import { startSandbox } from "../package/sandbox.mjs";
import { bundlers, viteDev } from "./bundlers.mjs";
import { openSite } from "./site.mjs";

/** So much of the inlined module is in no other file by chance. */
const SAMPLE = 200;

let site;
let sandbox;
let browser;
let config;
let inlined;
before(async () => {
  site = await openSite();
  sandbox = await startSandbox("--cors", site.origin);
  const { baseUrl, email, password, clientId } = sandbox.threatq;
  site.allow(baseUrl);
  const auth = { grant: "password", email, password, clientId };
  config = { platform: "threatq", baseUrl, allowInsecureLoopback: true, allowBrowserSecrets: true, auth };
  inlined = (await readFile(packaged("core.inline.js"), "utf8")).split('"')[1].slice(0, SAMPLE);
  browser = await launch("chromium");
});
after(async () => {
  await browser?.close();
  await sandbox?.stop();
  await site?.close();
});

/** A project of its own: the app, and the package beside it as npm has installed it. */
async function appFor(address) {
  const folder = await mkdtemp(join(process.env.IOC_TMP, "app-"));
  await cp(fileURLToPath(new URL("app/", import.meta.url)), folder, { recursive: true });
  await writeFile(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  if (address !== undefined) await writeFile(join(folder, "address.js"), address);
  await symlink(join(project, "node_modules"), join(folder, "node_modules"));
  return folder;
}

/** What the page says in the end, and what it complained about. */
async function said(path) {
  const page = await browser.open("about:blank");
  try {
    await page.evaluateOnNewDocument((given) => {
      globalThis.config = given;
    }, config);
    await page.goto(`${site.origin}${path}`);
    await page.waitForFunction(() => document.title !== "waiting");
    // A request that failed for good would stand in the title; one that was over is sometimes told as cut off.
    const faults = page.faults.filter((fault) => !fault.startsWith("request failed"));
    return { title: await page.title(), faults, breaches: await page.evaluate(() => globalThis.breaches) };
  } finally {
    await page.close();
  }
}

/** Copies of the wasm in what was built: files, and texts that hold it. */
async function copiesIn(folder) {
  const names = (await readdir(folder, { recursive: true })).filter((name) => !name.endsWith(".map"));
  const copies = { files: names.filter((name) => name.endsWith(".wasm")).length, inlined: 0 };
  for (const name of names.filter((one) => one.endsWith(".js"))) {
    copies.inlined += (await readFile(join(folder, name), "latin1")).split(inlined).length - 1;
  }
  return copies;
}

for (const [name, { address, build }] of Object.entries(bundlers)) {
  describe(name, () => {
    const variants = { "main.js": { files: 0, inlined: 1 }, ...(address && { "slim.js": { files: 1, inlined: 0 } }) };
    for (const [first, copies] of Object.entries(variants)) {
      test(`builds ${first} without a warning, with one copy of the wasm, and it looks up`, async () => {
        const app = await appFor(address);
        const out = join(app, "dist");
        await mkdir(out);
        assert.deepEqual(await build(app, first, out), []);
        assert.deepEqual(await copiesIn(out), copies);

        await cp(join(app, "index.html"), join(out, "index.html"));
        const prefix = `/${name}-${first.replace(".js", "")}/`;
        site.mount(prefix, out);
        const title = first === "main.js" ? "malicious 90, element defined" : "malicious 90";
        assert.deepEqual(await said(prefix), { title, faults: [], breaches: [] });
      });
    }
  });
}

describe("vite dev", () => {
  test("serves the app without a warning, and it looks up", async () => {
    const app = await appFor();
    const dev = await viteDev(app, "/vite-dev/", site.server);
    try {
      site.handle("/vite-dev/", dev.handle);
      const { title, faults } = await said("/vite-dev/index.html");
      assert.deepEqual([title, faults, dev.warnings], ["malicious 90, element defined", [], []]);
    } finally {
      await dev.close();
    }
  });
});

describe("one file for a server", () => {
  for (const [format, extension] of [["esm", "mjs"], ["cjs", "cjs"]]) {
    test(`esbuild, ${format}: runs where the package is not`, async () => {
      const app = await appFor();
      const place = await mkdtemp(join(process.env.IOC_TMP, "server-"));
      const file = join(place, `server.${extension}`);
      const entryPoints = [join(app, "server.js")];
      const { warnings } = await esbuild.build({ entryPoints, outfile: file, bundle: true, platform: "node", format, logLevel: "silent" });
      assert.deepEqual(warnings, []);
      const env = { ...process.env, CONFIG: JSON.stringify(config) };
      const { stdout, stderr } = await promisify(execFile)(process.execPath, [file], { cwd: dirname(place), env });
      assert.deepEqual([stdout, stderr], ["malicious 90\n", ""]);
      assert.equal((await readFile(file, "latin1")).split(inlined).length - 1, 1);
    });
  }
});
