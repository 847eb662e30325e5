// What is handed out: two zips from one source.

import { test } from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cp, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BROWSERS, pack } from "../../xtask/node/extension.mjs";
import { zipOf } from "../../xtask/node/zip.mjs";
import { packaged } from "../support/project.mjs";

const scratch = () => mkdtemp(join(process.env.IOC_TMP ?? tmpdir(), "pack-"));
const python = (source, ...args) => execFileSync("python3", ["-c", source, ...args], { encoding: "utf8" });
const manifestOf = (folder, browser) => JSON.parse(readFileSync(join(folder, browser, "manifest.json"), "utf8"));

test("a zip holds what was put into it, as another program reads it", async () => {
  const files = [
    { name: "a/é.txt", bytes: Buffer.from("twice twice twice twice") },
    { name: "empty", bytes: Buffer.alloc(0) },
  ];
  const path = join(await scratch(), "x.zip");
  await writeFile(path, zipOf(files));
  const read = `import json, sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
print(json.dumps([z.testzip(), [[i.filename, z.read(i).decode(), list(i.date_time)] for i in z.infolist()]]))`;
  const day = [1980, 1, 1, 0, 0, 0];
  assert.deepEqual(JSON.parse(python(read, path)), [null, files.map(({ name, bytes }) => [name, bytes.toString(), day])]);
});

test("the same source gives the same zips, wherever and whenever", async () => {
  const [one, other] = [await scratch(), await scratch()];
  const copy = join(await scratch(), "package");
  await cp(packaged(""), copy, { recursive: true });
  await pack(one, { pkg: packaged("") });
  await pack(other, { pkg: copy });
  for (const browser of BROWSERS) {
    const [first, second] = [one, other].map((folder) => readFileSync(join(folder, `${browser}.zip`)));
    assert.ok(first.equals(second), browser);
  }
});

test("both ask for the same few permissions, for no host beforehand, and for no page of all the web", async () => {
  const folder = await scratch();
  await pack(folder, { pkg: packaged("") });
  const few = ["activeTab", "alarms", "contextMenus", "scripting", "storage"];
  assert.deepEqual(manifestOf(folder, "chromium").permissions, [...few, "sidePanel"]);
  assert.deepEqual(manifestOf(folder, "firefox").permissions, few);
  for (const browser of BROWSERS) {
    const manifest = manifestOf(folder, browser);
    assert.equal(manifest.host_permissions, undefined);
    assert.equal(manifest.content_scripts, undefined);
    assert.equal(manifest.web_accessible_resources, undefined);
    assert.ok(!JSON.stringify(manifest).includes("<all_urls>"));
  }
});

test("the wasm is packed as a file, once, and no code comes from elsewhere", async () => {
  const folder = await scratch();
  await pack(folder, { pkg: packaged("") });
  const list = "import sys, zipfile\nprint('\\n'.join(zipfile.ZipFile(sys.argv[1]).namelist()))";
  for (const browser of BROWSERS) {
    const names = python(list, join(folder, `${browser}.zip`)).trim().split("\n");
    assert.deepEqual(names.filter((name) => /wasm|inline/.test(name)), ["ioc-lookup/core.wasm"]);
    assert.deepEqual(names.filter((name) => !/\.(js|json|html|css|png|wasm)$|LICENSE|THIRD_PARTY/.test(name)), []);
  }
});
