// The crates whose code is inside the wasm, as cargo knows them.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const TARGET = "wasm32-unknown-unknown";

/** Among the dependencies, yet not inside: they describe custom sections that the generator of the glue reads and removes. */
const DESCRIBING = new Set(["wasm-bindgen-shared", "unicode-ident"]);

/**
 * Returns `{ crates, direct }`: `[{ name, version, license, repository, checksum, folder, dependsOn }]` by name, without our own,
 * and the names of those that we ask for ourselves. `license` is an SPDX expression, `checksum` the SHA-256 that the lock file
 * pins, `dependsOn` the names of others in the list.
 */
export function cratesInside() {
  const metadata = JSON.parse(cargo("metadata", "--format-version=1", "--filter-platform", TARGET));
  const packages = new Map(metadata.packages.map((one) => [`${one.name} ${one.version}`, one]));
  const all = linked().map((key) => packages.get(key));
  // What comes from no registry is our own.
  const [own, inside] = [all.filter(({ source }) => source === null), all.filter(({ source }) => source !== null)];
  const names = new Map(inside.map(({ id, name }) => [id, name]));
  const edges = new Map(metadata.resolve.nodes.map(({ id, deps }) => [id, deps.filter(isLinked).map(({ pkg }) => names.get(pkg)).filter(Boolean)]));
  const checksums = pinned();
  const crates = inside.map(({ id, name, version, license, repository, manifest_path: manifest }) => ({
    name,
    version,
    // An old way to write it that crates still use.
    license: license.replaceAll("/", " OR "),
    repository,
    checksum: checksums.get(`${name} ${version}`),
    folder: dirname(manifest),
    dependsOn: edges.get(id),
  }));
  return { crates, direct: [...new Set(own.flatMap(({ id }) => edges.get(id)))] };
}

/** Neither for tests nor for building alone. */
const isLinked = ({ dep_kinds: kinds }) => kinds.some(({ kind }) => kind === null);

/** Texts of a crate's licence files. */
export function licenceTexts({ folder }) {
  const names = readdirSync(folder).filter((name) => /^(licen[cs]e|copying)/i.test(name));
  return names.map((name) => readFileSync(join(folder, name), "utf8"));
}

/** `tree` knows the features of this package alone; `metadata` unites them over the workspace. */
function linked() {
  const tree = cargo("tree", "--package=ioc-lookup", "--target", TARGET, "--edges=normal,no-proc-macro", "--prefix=none", "--format={p}");
  const keys = tree.trim().split("\n").map((line) => line.replace(/^(\S+) v(\S+).*$/, "$1 $2"));
  const names = [...new Set(keys)].sort();
  return names.filter((key) => !DESCRIBING.has(key.split(" ")[0]));
}

function pinned() {
  const lock = readFileSync(join(ROOT, "Cargo.lock"), "utf8");
  const blocks = lock.matchAll(/^name = "(.*)"\nversion = "(.*)"\n(?:source = .*\n)?checksum = "(.*)"$/gm);
  return new Map([...blocks].map(([, name, version, checksum]) => [`${name} ${version}`, checksum]));
}

function cargo(...args) {
  return execFileSync(process.env.CARGO ?? "cargo", [...args, "--locked"], { cwd: ROOT, encoding: "utf8", maxBuffer: 2 ** 28, stdio: ["ignore", "pipe", "inherit"] });
}
