// What the comparisons share: where ours and the peers' packages are, and how a number is taken.
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

if (process.env.IOC_PROJECT === undefined) throw new Error("run the comparisons with `cargo xtask bench`");

/** Where `import name` leads in the project that has our tarball installed. */
export const ours = (name = "ioc-lookup") =>
  pathToFileURL(createRequire(join(process.env.IOC_PROJECT, "package.json")).resolve(name)).href;
/** Where `import name` leads among the development tools. */
export const peer = (name) => import.meta.resolve(name);

/** A row of the table; see xtask/src/bench.rs. */
export const row = (facts) => ({ peer: null, atMost: null, atMostOfPeer: null, ...facts });

export const print = (rows) => console.log(JSON.stringify(rows));

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Runs `source` as a module in a Node of its own and returns the number that it hands to `answer(…)`. */
export async function inFreshNode(source) {
  const text = `const answer = (number) => process.stdout.write(String(number));\n${source}`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", text]);
  return Number(stdout);
}
