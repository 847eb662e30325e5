// What a registry and its users' tools think of the tarball, before anybody publishes it.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { packaged } from "../support/project.mjs";

test("publint --strict has nothing to say", async () => {
  const { messages, pkg } = await publint({ pkgDir: packaged(""), strict: true });
  assert.deepEqual(messages.map((message) => formatMessage(message, pkg)), []);
});

test("attw: every entry has types, under every module system that can load it", async () => {
  const tarball = new Uint8Array(await readFile(process.env.IOC_TARBALL));
  const { types, problems } = await checkPackage(createPackageFromTarballData(tarball));
  assert.equal(types.kind, "included");
  // An ES module is one: TypeScript's oldest resolution and its check of CommonJS say what `exports` and `engines` say as well.
  const expected = new Set(["node10", "node16-cjs"]);
  assert.deepEqual(problems.filter(({ resolutionKind }) => !expected.has(resolutionKind)), []);
});

test("the same files make the same tarball, byte for byte, wherever they lie", async () => {
  const folder = await mkdtemp(join(process.env.IOC_TMP, "packed-"));
  await promisify(execFile)("npm", ["pack", "--silent", "--pack-destination", folder, packaged("")]);
  const [name] = await readdir(folder);
  assert.deepEqual(await readFile(join(folder, name)), await readFile(process.env.IOC_TARBALL));
});

test("a release publishes the tarball that was tested, with provenance and without a stored token", async () => {
  const workflow = await readFile(new URL("../../.github/workflows/release.yml", import.meta.url), "utf8");
  const at = (words) => {
    assert.ok(workflow.includes(words), words);
    return workflow.indexOf(words);
  };
  const order = [".ci/run", "cargo xtask pack", 'npm publish "$TARBALL" --provenance'].map(at);
  assert.deepEqual(order, order.toSorted((a, b) => a - b));
  at("id-token: write");
  assert.doesNotMatch(workflow, /NPM_TOKEN|NODE_AUTH_TOKEN/);
});
