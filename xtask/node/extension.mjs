// The extension from its source: for each browser a folder that can be loaded, and a zip that can be handed on.
//
//     node extension.mjs OUT        writes OUT/chromium/, OUT/chromium.zip, OUT/firefox/, OUT/firefox.zip
//
// The source is the same for both; the manifests differ in what `manifest/` says. The package is copied as it is, without
// what an extension has no use for: it packs the wasm as a file, and inlines none.
import { cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { zipOf } from "./zip.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const EXTENSION = join(ROOT, "examples/extension");

export const BROWSERS = ["chromium", "firefox"];

const NOT_PACKED = /(^|\/)(core\.inline\.js|element\.js|.*\.json|README\.md|.*\.d\.ts)$|^(cli|loaders)[./]|^stores\/(?!extension\.js$)/;

/** Writes the extension for one browser into `folder`. `changes` are laid over the manifest: tests need other permissions. */
export async function assemble(browser, folder, { pkg = join(ROOT, "pkg"), changes = {} } = {}) {
  await rm(folder, { recursive: true, force: true });
  await cp(join(EXTENSION, "source"), folder, { recursive: true });
  await cp(join(ROOT, "www/platforms.js"), join(folder, "options/platforms.js"));
  for (const name of (await filesOf(pkg)).filter((name) => !NOT_PACKED.test(name)))
    await cp(join(pkg, name), join(folder, "ioc-lookup", name));
  const manifest = { ...merged(await json("base"), await json(browser)), ...changes };
  const { version } = JSON.parse(await readFile(join(pkg, "package.json"), "utf8"));
  await writeFile(join(folder, "manifest.json"), `${JSON.stringify({ ...manifest, version }, null, 2)}\n`);
}

async function json(name) {
  return JSON.parse(await readFile(join(EXTENSION, "manifest", `${name}.json`), "utf8"));
}

/** Lists are joined, everything else is replaced. */
function merged(base, own) {
  const both = ([name, value]) => [name, Array.isArray(base[name]) ? [...base[name], ...value] : value];
  return { ...base, ...Object.fromEntries(Object.entries(own).map(both)) };
}

/** Paths below `folder`, in an order that no file system has a say in. */
async function filesOf(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1).replaceAll("\\", "/")).sort();
}

/** Writes a folder and a zip for each browser into `out`. */
export async function pack(out, options) {
  await mkdir(out, { recursive: true });
  for (const browser of BROWSERS) {
    const folder = join(out, browser);
    await assemble(browser, folder, options);
    const names = await filesOf(folder);
    const files = await Promise.all(names.map(async (name) => ({ name, bytes: await readFile(join(folder, name)) })));
    const zip = zipOf(files);
    await writeFile(`${folder}.zip`, zip);
    console.log(`${folder}.zip  ${zip.length.toLocaleString("en")} bytes, ${files.length} files`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await pack(process.argv[2]);
