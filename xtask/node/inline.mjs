// Writes a file as a JavaScript module that exports it: base64 of deflate-raw.
// Usage: node inline.mjs FILE MODULE
//
// Raw deflate because both `node:zlib` and `DecompressionStream` read it; base64 because it is the densest
// text that every bundler leaves alone, and HTTP compression takes most of its third away again.
import { readFileSync, writeFileSync } from "node:fs";
import { deflateRawSync } from "node:zlib";

const [file, module] = process.argv.slice(2);
const deflated = deflateRawSync(readFileSync(file), { level: 9 }).toString("base64");
writeFileSync(module, `export default "${deflated}";\n`);
