// Writes src/indicator/tld/table.rs: the last labels of the root zone, from the npm package `tlds`.
//
//   node tools/tlds.mjs [path of the package's index.json]
//
// Refreshing: raise the development dependency `tlds`, run this, read the difference.
// The names of one length stand side by side without a separator: half the bytes of a list of strings,
// and a fixed width is all that a binary search needs.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const source = process.argv[2] ?? require.resolve("tlds");
const names = JSON.parse(readFileSync(source, "utf8"));
const { version } = JSON.parse(readFileSync(join(dirname(source), "package.json"), "utf8"));

const aLabels = names.map((name) => new URL(`http://a.${name}/`).hostname.slice(2));
const plain = aLabels.filter((name) => !name.startsWith("xn--"));
const punycode = aLabels.filter((name) => name.startsWith("xn--")).map((name) => name.slice(4));

/** One string per length, from 0 on. */
function byLength(list) {
  const longest = Math.max(...list.map((name) => name.length));
  return Array.from({ length: longest + 1 }, (_, length) => list.filter((name) => name.length === length).sort().join(""));
}

/** A Rust string literal, wrapped at 96 characters. */
function literal(text) {
  if (text.length <= 88) return `    "${text}",\n`;
  const lines = text.match(/.{1,96}/g);
  return `    "\\\n${lines.map((line) => `     ${line}`).join("\\\n")}",\n`;
}

function table(name, doc, list) {
  const rows = byLength(list);
  return `/// ${doc}\npub(super) static ${name}: [&str; ${rows.length}] = [\n${rows.map(literal).join("")}];\n`;
}

const text = `//! The last labels of the root zone: ${names.length} names, npm package \`tlds\` ${version} (MIT).
//!
//! Written by \`node tools/tlds.mjs\`; never edited by hand. The names of one length stand side by side,
//! sorted, without a separator; the index is the length.

${table("PLAIN", "Names in ASCII.", plain)}
${table("PUNYCODE", "Internationalised names, without the `xn--` in front.", punycode)}`;

const target = join(dirname(fileURLToPath(import.meta.url)), "../src/indicator/tld/table.rs");
writeFileSync(target, text);
console.log(`${plain.length} plain and ${punycode.length} internationalised names, ${text.length} bytes`);
