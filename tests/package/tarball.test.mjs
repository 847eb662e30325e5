// What is in the tarball, and what is not.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { test } from "node:test";
import { promisify } from "node:util";
import { inflateRawSync } from "node:zlib";
import { packaged } from "../support/project.mjs";

const run = promisify(execFile);

async function packedFiles() {
  const { stdout } = await run("tar", ["--list", "--file", process.env.IOC_TARBALL]);
  return stdout.trim().split("\n");
}

/** Every file that the exports of the package name. */
function targets(exports) {
  return typeof exports === "string" ? [exports] : Object.values(exports).flatMap(targets);
}

test("the tarball holds one wasm file and one inlined copy of it", async () => {
  const files = await packedFiles();
  assert.deepEqual(files.filter((name) => name.endsWith(".wasm")), ["package/core.wasm"]);
  assert.deepEqual(files.filter((name) => name.endsWith(".inline.js")), ["package/core.inline.js"]);
  const inlined = (await readFile(packaged("core.inline.js"), "utf8")).split('"')[1];
  assert.deepEqual(inflateRawSync(Buffer.from(inlined, "base64")), await readFile(packaged("core.wasm")));
});

test("every file that the exports name is in the tarball", async () => {
  const files = await packedFiles();
  const { exports } = JSON.parse(await readFile(packaged("package.json"), "utf8"));
  const isThere = (name) => {
    const [before, after = ""] = name.replace("./", "package/").split("*");
    return name.includes("*") ? files.some((file) => file.startsWith(before) && file.endsWith(after)) : files.includes(before);
  };
  const missing = targets(exports).filter((name) => !isThere(name));
  assert.deepEqual(missing, []);
});

test("L9 the package has no dependencies and no install scripts", async () => {
  const manifest = JSON.parse(await readFile(packaged("package.json"), "utf8"));
  for (const name of ["dependencies", "peerDependencies", "optionalDependencies", "scripts"]) {
    assert.equal(manifest[name], undefined, name);
  }
});

test("S14 the package contains no eval, no Function from text and no markup from strings", async () => {
  const files = (await packedFiles()).filter((name) => name.endsWith(".js") && !name.endsWith(".inline.js"));
  for (const name of files) {
    const text = await readFile(packaged(name.replace("package/", "")), "utf8");
    assert.doesNotMatch(text, /\beval\(|new Function\(|innerHTML|outerHTML|insertAdjacentHTML|document\.write/, name);
  }
});

test("no file of the package names a folder of the machine that built it", async () => {
  const folders = [homedir(), process.cwd()];
  for (const name of await packedFiles()) {
    const text = await readFile(packaged(name.replace("package/", "")), "latin1");
    for (const folder of folders) assert.ok(!text.includes(folder), `${name} names ${folder}`);
  }
});
