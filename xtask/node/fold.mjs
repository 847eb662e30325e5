// Folds into `index.js` the modules that it alone needs, and removes them.
// Usage: node fold.mjs PACKAGE-FOLDER
//
// A program that imports the package then reads seven files and not twenty-four: a fifth of its cold start in Node, and in a
// browser without a bundler one round trip where there were several. Rollup because it leaves the code as it was written,
// comments included: who follows a stack trace into the package finds what we find.
import { readdirSync, rmSync, rmdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { rollup } from "rollup";

/** What loaders, element or command import as well. Two copies of these would be two cores, and two kinds of `LookupError`. */
const APART = ["load.js", "errors.js", "csv.js"];

const [folder] = process.argv.slice(2);
const entry = join(folder, "index.js");

const bundle = await rollup({
  input: entry,
  external: APART.map((name) => join(folder, name)),
  // A warning is something to repair here, not to read past.
  onLog: (level, log) => {
    throw new Error(`${level}: ${log.message}`);
  },
});
const { output } = await bundle.write({ file: entry, format: "es" });
await bundle.close();

for (const module of Object.keys(output[0].modules).filter((module) => module !== entry)) {
  rmSync(module);
  const beside = dirname(module);
  if (relative(folder, beside) !== "" && readdirSync(beside).length === 0) rmdirSync(beside);
}
