// What of others is in the package, and whether we may use all that we build with.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { billOfMaterials } from "../../xtask/node/sbom.mjs";
import { thirdParty } from "../../xtask/node/third-party.mjs";
import { packaged } from "../support/project.mjs";

const tarball = readFileSync(process.env.IOC_TARBALL);

test("THIRD_PARTY.md is up to date: `node xtask/node/third-party.mjs` changes nothing", () => {
  assert.equal(readFileSync(packaged("THIRD_PARTY.md"), "utf8"), thirdParty());
});

describe("the bill of materials", () => {
  const { metadata, components, dependencies } = billOfMaterials(tarball);

  test("stands beside the tarball, and is about these bytes", () => {
    const written = JSON.parse(readFileSync(process.env.IOC_TARBALL.replace(/\.tgz$/, ".cdx.json"), "utf8"));
    assert.deepEqual(written, billOfMaterials(tarball));
  });

  test("names version, licence and checksum of every crate, and each once", () => {
    for (const { purl, hashes, licenses } of components) {
      assert.match(purl, /^pkg:cargo\/[\w-]+@\d+\.\d+\.\d+/);
      assert.match(hashes[0].content, /^[0-9a-f]{64}$/, purl);
      assert.ok(licenses[0].expression.length > 0, purl);
    }
    assert.equal(new Set(components.map(({ purl }) => purl)).size, components.length);
    assert.ok(components.some(({ name }) => name === "wasm-bindgen"));
  });

  test("connects all of it: every crate is needed by something that is in it", () => {
    const needed = new Set(dependencies.flatMap(({ dependsOn }) => dependsOn));
    assert.deepEqual(components.map(({ purl }) => purl).filter((purl) => !needed.has(purl)), []);
    const known = new Set([metadata.component["bom-ref"], ...components.map((one) => one["bom-ref"])]);
    assert.deepEqual([...needed].filter((ref) => !known.has(ref)), []);
  });

  test("holds crates that the package is made of, and none of the tools", () => {
    const names = components.map(({ name }) => name);
    for (const tool of ["clap", "axum", "proptest", "syn", "quote", "walrus"]) assert.ok(!names.includes(tool), tool);
  });
});

describe("deny.toml", () => {
  const text = readFileSync(new URL("../../deny.toml", import.meta.url), "utf8");
  const allowed = new Set([...text.matchAll(/^ {2}"([^"]+)",/gm)].map(([, name]) => name));

  /** An SPDX expression of names, AND, OR and brackets: one OR holds if any part does. */
  function permits(expression) {
    const inner = expression.replace(/\(([^()]*)\)/g, (_, part) => (permits(part) ? [...allowed][0] : "none of them"));
    const alternatives = inner.replaceAll("/", " OR ").split(/\s+OR\s+/);
    return alternatives.some((part) => part.split(/\s+AND\s+/).every((name) => allowed.has(name.trim())));
  }

  /** Some have a file in place of a name, as cargo allows. */
  function licenceOf({ license, license_file: file, manifest_path: manifest }) {
    if (license !== null || file === null) return license ?? "none";
    return readFileSync(join(dirname(manifest), file), "utf8").startsWith("MIT License\n") ? "MIT" : `what ${file} says`;
  }

  test("allows the licence of every crate that anything here is built with", () => {
    const { packages } = JSON.parse(execFileSync("cargo", ["metadata", "--format-version=1", "--locked"], { encoding: "utf8", maxBuffer: 2 ** 28, stdio: ["ignore", "pipe", "inherit"] }));
    const refused = packages.filter((one) => !permits(licenceOf(one))).map((one) => `${one.name}: ${licenceOf(one)}`);
    assert.deepEqual(refused, []);
    assert.ok(packages.length > 50);
  });

  test("refuses a licence that would bind our users, and reads AND, OR and brackets", () => {
    assert.ok(!permits("GPL-3.0-only") && !permits("MIT AND LGPL-2.1-or-later") && permits("(MIT OR GPL-3.0-only) AND Apache-2.0"));
  });

  test("crates come from crates.io alone, with checksums", () => {
    const lock = readFileSync(new URL("../../Cargo.lock", import.meta.url), "utf8");
    const sources = new Set([...lock.matchAll(/^source = "(.*)"$/gm)].map(([, source]) => source));
    assert.deepEqual([...sources], ["registry+https://github.com/rust-lang/crates.io-index"]);
  });
});
