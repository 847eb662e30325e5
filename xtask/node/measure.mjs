// Prints what the package weighs, as JSON: rows of `{ what, raw, gzip, brotli }` in bytes.
// Usage: node measure.mjs PACKAGE-FOLDER TARBALL
//
// In Node because its zlib has all three formats, and esbuild is here anyway.
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "esbuild";

const [folder, tarball] = process.argv.slice(2);

const weigh = (what, bytes) => ({
  what,
  raw: bytes.length,
  gzip: gzipSync(bytes, { level: 9 }).length,
  brotli: brotliCompressSync(bytes).length,
});

// The slim entry is glue and facade without the wasm: what stands beside the module in every entry.
const bundle = async (minify) => {
  const { metafile, outputFiles } = await build({
    entryPoints: [join(folder, "loaders/slim.js")],
    absWorkingDir: folder,
    bundle: true,
    format: "esm",
    metafile: true,
    minify,
    write: false,
  });
  return { files: Object.keys(metafile.inputs), minified: outputFiles[0].contents };
};

const { files, minified } = await bundle(true);
const shipped = Buffer.concat(files.map((name) => readFileSync(join(folder, name))));
const size = statSync(tarball).size;

console.log(
  JSON.stringify([
    weigh("core.wasm", readFileSync(join(folder, "core.wasm"))),
    weigh("core.inline.js", readFileSync(join(folder, "core.inline.js"))),
    weigh("glue and facade, as shipped", shipped),
    weigh("glue and facade, minified", minified),
    { what: "tarball", raw: size, gzip: null, brotli: null },
  ]),
);
