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

/**
 * The median milliseconds of each work, done in turns so that a slow moment of the machine hits all of them; the turns
 * change their order, and a fifth of the rounds goes before, unmeasured.
 */
export async function inTurns(rounds, works) {
  const times = works.map(() => []);
  const warm = Math.ceil(rounds / 5);
  for (let round = -warm; round < rounds; round++) {
    const order = round % 2 === 0 ? works.entries() : [...works.entries()].reverse();
    for (const [index, work] of order) {
      const start = performance.now();
      await work();
      if (round >= 0) times[index].push(performance.now() - start);
    }
  }
  return times.map(median);
}

/** Runs `source` as a module in a Node of its own and returns the number that it hands to `answer(…)`. */
export async function inFreshNode(source) {
  const text = `const answer = (number) => process.stdout.write(String(number));\n${source}`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", text]);
  return Number(stdout);
}
