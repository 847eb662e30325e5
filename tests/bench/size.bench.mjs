// What a page has to download: our default entry, with the wasm inlined, against the packages one would combine instead
// (OAuth, HTTP with retries, indicators in text; or a vendor's whole login library), each bundled and minified by the same
// bundler.
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";
import { print, row } from "./measure.mjs";

const COMBINATIONS = [
  ["oauth4webapi", "ky", "ioc-extractor"],
  ["@azure/msal-browser", "ioc-extractor"],
];

/** Kilobytes (1,000 bytes) of brotli. */
async function bundled(source, resolveDir) {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir },
    bundle: true,
    format: "esm",
    minify: true,
    platform: "browser",
    write: false,
  });
  return brotliCompressSync(outputFiles[0].contents).length / 1000;
}

const everything = (names) => names.map((name, index) => `export * as p${index} from "${name}";`).join("\n");

const ours = await bundled(everything(["ioc-lookup"]), process.env.IOC_PROJECT);
const rows = COMBINATIONS.map(async (names) =>
  row({
    what: "package size, bundled for a page",
    unit: "KB brotli",
    ours,
    peer: { name: names.join(" + "), value: await bundled(everything(names), fileURLToPath(new URL(".", import.meta.url))) },
  }),
);
print(await Promise.all(rows));
