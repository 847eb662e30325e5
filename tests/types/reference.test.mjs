// The API reference is made of the types, without a warning: links lead somewhere, and whatever is exported is described.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { entry } from "../support/project.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const typedoc = join(dirname(createRequire(import.meta.url).resolve("typedoc/package.json")), "bin/typedoc");

test("`npm run reference` has nothing to complain about, and describes every function and class", async () => {
  const out = join(process.env.IOC_TMP, "reference");
  // Warnings are errors there, and errors end it with another code than 0.
  await promisify(execFile)(process.execPath, [typedoc, "--logLevel", "Warn", "--out", out], { cwd: root });
  const pages = new Set(await readdir(out, { recursive: true }));
  for (const [name, value] of Object.entries(await import(entry()))) {
    if (typeof value !== "function") continue;
    const isClass = /^class\b/.test(Function.prototype.toString.call(value));
    const page = isClass ? `classes/index.${name}.html` : `functions/index.${name}.html`;
    assert.ok(pages.has(page), page);
  }
});
