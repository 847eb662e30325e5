// Scenarios in the service worker of an extension, loaded for real in headless Chromium.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import puppeteer from "puppeteer-core";

import { entryFor, packageFolder } from "./packed.mjs";
import { COMMON, START_MS } from "./run-browser.mjs";
import { launchOptions } from "./run-chromium.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));

/** The extension as a folder: the packed package, these tests, and the two files of `hosts/extension`. */
function assemble() {
  const folder = mkdtempSync(join(process.env.IOC_TMP ?? tmpdir(), "hostile-extension-"));
  cpSync(packageFolder(), join(folder, "package"), { recursive: true });
  cpSync(here, join(folder, "tests"), { recursive: true });
  cpSync(join(here, "hosts/extension/manifest.json"), join(folder, "manifest.json"));
  const background = readFileSync(join(here, "hosts/extension/background.mjs"), "utf8").replace("\"PACKAGE_ENTRY\"", `"../package/${entryFor(["browser"])}"`);
  writeFileSync(join(folder, "tests/background.mjs"), background);
  return folder;
}

export async function openExtension() {
  const folder = assemble();
  const browser = await puppeteer.launch({ ...COMMON, ...launchOptions, enableExtensions: true });
  const close = async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  };
  try {
    await browser.installExtension(folder);
    const target = await browser.waitForTarget((candidate) => candidate.type() === "service_worker" && candidate.url().endsWith("/tests/background.mjs"), { timeout: START_MS });
    const worker = await target.worker();
    // The target is there before its script has run.
    const started = Date.now();
    while (!(await worker.evaluate(() => globalThis.hostileAgent !== undefined))) {
      if (Date.now() - started > START_MS) throw new Error("the service worker did not start");
    }
    return { name: "extension", kind: "extension", run: (job) => worker.evaluate((work) => globalThis.hostileAgent.whole(work), job), close };
  } catch (error) {
    await close();
    throw error;
  }
}
