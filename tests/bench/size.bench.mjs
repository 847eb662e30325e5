// What a page has to download: our default entry, with the wasm inlined, against the packages one would combine
// instead (OAuth, HTTP with retries, indicators in text), each bundled and minified by the same bundler.
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";
import { print, row } from "./measure.mjs";

const PEERS = ["oauth4webapi", "ky", "ioc-extractor"];

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

print([
  row({
    what: "package size, bundled for a page",
    unit: "KB brotli",
    ours: await bundled(everything(["ioc-lookup"]), process.env.IOC_PROJECT),
    peer: {
      name: PEERS.join(" + "),
      value: await bundled(everything(PEERS), fileURLToPath(new URL(".", import.meta.url))),
    },
  }),
]);
